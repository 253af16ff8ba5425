# SPDX-License-Identifier: Apache-2.0
#
# Recipes of docs/recipes with the programs of Debian that they are for, where
# these are installed: Radicale; a registry with skopeo.
# Not under a sanitizer: other servers' programs do the work.
use strict;
use warnings;
use Digest::SHA qw(sha256_hex);
use IO::Compress::Gzip qw(gzip);
use IO::Socket::INET;
use JSON::PP;
use MIME::Base64;
use POSIX ();
use Test::More;
use AS;
use Httpd;

my $as = AS->new;
$as->token('calendar-token-1' => {sub => 'alice', scope => 'cal'});
$as->token('calendar-token-2' => {sub => 'bob', scope => 'cal'});
$as->token('nameless-token-1' => {scope => 'cal'});
$as->token("$_-token-1" => {sub => $_, scope => $_}) for qw(pull push);

sub recipe {
    my ($heading, %replace) = @_;
    open my $file, '<', "$Httpd::root/docs/recipes/programs.md" or die $!;
    my $text = do { local $/; <$file> };
    my ($block) = $text =~ /^## \Q$heading\E\n.*?^```apache\n(.*?)^```/ms or die "no '$heading'";
    $block =~ s/\Q$_\E/$replace{$_}/g for keys %replace;
    return $block;
}

sub installed { my ($name) = @_; return grep { -x "$_/$name" } split(/:/, $ENV{PATH}), '/usr/sbin' }

# A program that serves a port; it ends with the test.
my @started;
sub serve {
    my ($httpd, $port, @command) = @_;
    my $pid = fork // die $!;
    if (!$pid) {
        open STDOUT, '>', "$httpd->{dir}/program.log";
        open STDERR, '>&', \*STDOUT;
        open STDIN, '<', '/dev/null';
        exec @command or POSIX::_exit(127);
    }
    push @started, $pid;
    $httpd->wait_until(sub { IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port) }, "the start of $command[0]", 120)
        or diag $httpd->slurp('program.log');
}

sub finish {
    local $?;
    kill TERM => @started;
    waitpid $_, 0 for splice @started;
}
END { finish() }

subtest 'Radicale' => sub {
    installed('radicale') or plan skip_all => 'Radicale is not installed';
    my $port = Httpd::free_port();
    my $httpd = Httpd->new(modules => [qw(headers proxy proxy_http)], config => $as->config . recipe('Radicale', 'http://127.0.0.1:5232' => "http://127.0.0.1:$port"));
    my $config = $httpd->write_file('radicale.conf', "[server]\nhosts = 127.0.0.1:$port\n[auth]\ntype = http_x_remote_user\n[rights]\ntype = owner_only\n[storage]\nfilesystem_folder = $httpd->{dir}/collections\n");
    serve($httpd, $port, 'radicale', '--config', $config);
    my $basic = sub { my ($token) = @_; return (Authorization => 'Basic ' . encode_base64("any:$token", '')) };
    my $ask = sub { my ($method, $path, $body, @headers) = @_; return $httpd->request($method, "/radicale$path", $body, @headers) };
    my @xml = ('Content-Type' => 'application/xml');
    my $who = '<propfind xmlns="DAV:"><prop><current-user-principal/></prop></propfind>';
    is($ask->('PROPFIND', '/', $who, @xml)->{status}, 401, 'without a token');
    is($ask->('PROPFIND', '/', $who, @xml, 'X-Remote-User' => 'alice')->{status}, 401, 'with a name that the client has written');
    is($ask->('PROPFIND', '/', $who, @xml, $basic->('nameless-token-1'))->{status}, 403, 'with a token that names nobody');
    for my $how (['Basic', $basic->('calendar-token-1')], ['Bearer', Authorization => 'Bearer calendar-token-1']) {
        my ($name, @token) = @$how;
        my $answer = $ask->('PROPFIND', '/', $who, @xml, @token, 'X-Remote-User' => 'bob');
        is($answer->{status}, 207, "$name: the principal");
        like($answer->{body}, qr{<href>/radicale/alice/</href>}, 'is whom the token names, with the path that clients see');
    }
    my @alice = $basic->('calendar-token-1');
    is($ask->('MKCALENDAR', '/alice/work/', undef, @alice)->{status}, 201, 'MKCALENDAR');
    my $event = join "\r\n", 'BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//x//y//EN', 'BEGIN:VEVENT', 'UID:1', 'DTSTAMP:20260101T000000Z', 'DTSTART:20260101T100000Z', 'SUMMARY:tea', 'END:VEVENT', 'END:VCALENDAR', '';
    is($ask->('PUT', '/alice/work/1.ics', $event, @alice, 'Content-Type' => 'text/calendar')->{status}, 201, 'PUT');
    like($ask->('GET', '/alice/work/1.ics', undef, @alice)->{body}, qr/SUMMARY:tea/, 'GET');
    is($ask->('GET', '/alice/work/1.ics', undef, $basic->('calendar-token-2'))->{status}, 403, 'but not for another person');
    unlike($httpd->slurp('program.log'), qr/calendar-token/, 'and Radicale has seen no token');
    finish();
};

# An image of one empty layer, as a folder in OCI's layout.
sub image {
    my ($dir) = @_;
    my $json = JSON::PP->new->canonical;
    my $blob = sub {
        my ($type, $bytes) = @_;
        my $digest = sha256_hex($bytes);
        $dir->("blobs/sha256/$digest", $bytes);
        return {mediaType => "application/vnd.oci.image.$type", digest => "sha256:$digest", size => length $bytes};
    };
    my $tar = "\0" x 10240;
    gzip(\$tar => \my $layer);
    my $config = {architecture => 'amd64', os => 'linux', config => {}, rootfs => {type => 'layers', diff_ids => ['sha256:' . sha256_hex($tar)]}};
    my $manifest = $blob->('manifest.v1+json', $json->encode({schemaVersion => 2, mediaType => 'application/vnd.oci.image.manifest.v1+json',
        config => $blob->('config.v1+json', $json->encode($config)), layers => [$blob->('layer.v1.tar+gzip', $layer)]}));
    $manifest->{annotations} = {'org.opencontainers.image.ref.name' => '1'};
    $dir->('index.json', $json->encode({schemaVersion => 2, manifests => [$manifest]}));
    $dir->('oci-layout', '{"imageLayoutVersion":"1.0.0"}');
}

subtest 'a registry, with skopeo' => sub {
    installed($_) or plan skip_all => "$_ is not installed" for qw(docker-registry skopeo);
    my $port = Httpd::free_port();
    my $httpd = Httpd->new(modules => [qw(headers proxy proxy_http)], config => $as->config . qq{CustomLog %DIR%/access.log "%m %U %>s %u"\n} . recipe('Docker registry', 'http://127.0.0.1:5000' => "http://127.0.0.1:$port"));
    my $dir = $httpd->{dir};
    my $config = $httpd->write_file('registry.yml', "version: 0.1\nhttp:\n  addr: 127.0.0.1:$port\n  relativeurls: true\nstorage:\n  filesystem:\n    rootdirectory: $dir/registry\n");
    serve($httpd, $port, 'docker-registry', 'serve', $config);
    image(sub { my ($name, $bytes) = @_; $httpd->write_file("image/$name", $bytes) });
    $httpd->write_file('policy.json', '{"default":[{"type":"insecureAcceptAnything"}]}');
    my $run = sub { my (@words) = @_; return system("skopeo --policy $dir/policy.json --command-timeout 120s @words > $dir/out 2>&1") };
    my $to = "docker://127.0.0.1:$httpd->{port}/team/x:1";
    my $copy = sub { my ($token) = @_; return $run->('copy --dest-tls-verify=false', "--dest-creds any:$token", "oci:$dir/image:1", $to) };
    is($copy->('push-token-1'), 0, 'a push with Basic') or diag $httpd->slurp('out'), $httpd->slurp('access.log'), $httpd->slurp('program.log');
    isnt($copy->('pull-token-1'), 0, 'none by a token for pulls') or diag $httpd->slurp('out'), $httpd->slurp('access.log');
    is($run->('inspect --raw --tls-verify=false --creds any:pull-token-1', $to), 0, 'but a pull') or diag $httpd->slurp('out'), $httpd->slurp('access.log');
    is($run->('copy --src-tls-verify=false --src-creds any:pull-token-1', $to, "dir:$dir/copied"), 0, 'of all of it') or diag $httpd->slurp('out');
    isnt($run->('inspect --raw --tls-verify=false --no-creds', $to), 0, 'and nothing without a token');
    note $httpd->slurp('access.log');
    finish();
};
done_testing;
