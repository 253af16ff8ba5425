# SPDX-License-Identifier: Apache-2.0
#
# What real servers, certificates and secret files are like, and what must not
# be seen of them.
use strict;
use warnings;
use File::Copy qw(copy);
use Test::More;
use AS;
use Httpd;

my $place = "<Location />\nAuthType Introspect\nRequire valid-user\n</Location>\n";
my $token = {sub => 'alice'};

# By names of one length the two never share a place of the rate limit.
subtest 'MAI0053 says whose credentials, and where they are set' => sub {
    my $as = AS->new;
    $as->all({status => 401, body => '{}'});
    my $other = $as->config =~ s/IntrospectClientID rs/IntrospectClientID xs/r;
    my $httpd = Httpd->new(config => $as->config . $place . "<Location /other>\n$other</Location>\n");
    $httpd->expect_log(qr/MAI0053/);
    is($httpd->get_token("/$_", "some-token-$_")->{status}, 500, 'refused') for qw(a other b);
    my @lines = $httpd->error_log =~ /:error\].*MAI0053: (Could not use .*)/g;
    is(scalar @lines, 2, 'a line for each client');
    like($lines[0], qr/some servers require IntrospectClientAuth client_secret_basic_raw or client_secret_post$/, 'with what to try');
    my @set = map { /for client '(\w+)' by client_secret_basic, as set at \S+httpd\.conf:(\d+): .*IntrospectClientSecret/ ? [$1, $2] : () } @lines;
    my @text = split /\n/, $httpd->slurp('httpd.conf');
    like($text[$_->[1] - 1] // '', qr/IntrospectClientSecret rs/, "$_->[0]: the line that sets the secret") for @set;
    is(join(' ', map { $_->[0] } @set), 'rs xs', 'with its name');
};

subtest 'a 400 about us' => sub {
    my $as = AS->new;
    my $httpd = Httpd->new(config => $as->config . $place);
    $httpd->expect_log(qr/MAI0066/);
    my %about = (html => {type => 'text/html', body => '<html>'}, empty => {body => ''}, code => {body => '{"error":"invalid_grant"}'}, unclear => {body => '{"error":"invalid_request"}'});
    for my $what (sort keys %about) {
        $as->answer("token-of-$what" => {status => 400, %{$about{$what}}});
        my $answer = $httpd->get_token('/', "token-of-$what");
        is("$answer->{status} " . $answer->header('WWW-Authenticate'), '500 ', "$what: is no verdict about the token");
    }
    like($httpd->error_log, qr/MAI0066: Could not use \S+: it did not understand the question \(HTTP 400[^)]*\); is this URL the introspection endpoint, with https, .*IntrospectClientID, IntrospectClientAuth/, 'the log says what to try');
    $as->token('good-token-1' => $token);
    is($httpd->get_token('/', 'good-token-1')->{status}, 200, 'once an answer has shown that we are understood');
    is($httpd->get_token('/', 'token-of-unclear')->{status}, 401, 'an invalid request is about its token');
    is($httpd->get_token('/', 'token-of-html')->{status}, 500, 'and anything else is not');
};

subtest 'the query of an endpoint is in no log' => sub {
    my $as = AS->new(path => '/introspect?key=hidden-key-of-the-query');
    $as->all({status => 500, body => '{}'});
    my $httpd = Httpd->new(config => $as->config . $place);
    $httpd->expect_log(qr/MAI00(?:47|59)/);
    is($httpd->get_token('/', "some-token-$_")->{status}, 503, 'a failure') for 1 .. 7;
    like(($as->requests)[0]{path}, qr/key=hidden-key/, 'it is sent');
    like($httpd->error_log, qr{MAI0047: Could not use http://[^?]*/introspect\?\.\.\.: }, 'the line names the rest of the URL');
    like($httpd->error_log, qr/MAI0061.*MAI0059/s, 'as do those about questions and breakers');
    unlike($httpd->error_log, qr/hidden-key/, 'the query is nowhere');
    my $said = Httpd->refusal(config => "IntrospectEndpoint http://as.example/i?key=hidden-key\nIntrospectClientAuth none\n$place");
    like($said, qr/not encrypted/, 'a complaint at start');
    unlike($said, qr/hidden-key/, 'has none either');
};

subtest 'authorities in a directory' => sub {
    my $as = AS->new(tls => 'good');
    $as->token('good-token-1' => $token);
    my $refused = Httpd->refusal(config => $as->config . "IntrospectTLSCAFile $as->{dir}\n$place");
    like($refused // 'it starts', qr/openssl rehash/, 'one that is not hashed stops the start, and says what to do');
    mkdir "$as->{dir}/hashed";
    chomp(my $hash = `openssl x509 -in @{[$as->ca_file]} -noout -hash`);
    copy($as->ca_file, "$as->{dir}/hashed/$hash.0");
    for my $slash ('', '/') {
        my $httpd = Httpd->new(config => $as->config . "IntrospectTLSCAFile $as->{dir}/hashed$slash\n$place");
        is($httpd->get_token('/', 'good-token-1')->{status}, 200, "a hashed one is used$slash");
    }
    my $stranger = AS->new(tls => 'good');
    my $httpd = Httpd->new(config => $stranger->config . "IntrospectTLSCAFile $as->{dir}/hashed\n$place");
    $httpd->expect_log(qr/MAI0043/);
    is($httpd->get_token('/', 'good-token-1')->{status}, 503, 'and nobody else is trusted');
};

subtest 'a secret in a file' => sub {
    my $as = AS->new;
    $as->token('good-token-1' => $token);
    my $config = $as->config =~ s/ rs-secret-1/ file:secret/r;
    for (['a byte order mark', "\xef\xbb\xbfrs-secret-1\n"], ['CR LF', "rs-secret-1\r\n"], ['both, and more', "\xef\xbb\xbfrs-secret-1 \r\n\r\n"]) {
        my ($name, $text) = @$_;
        for my $mode (0600, 0644) {
            my $httpd = Httpd->prepare(config => $config . $place);
            $httpd->write_file('secret', $text, $mode);
            $httpd->begin;
            is($httpd->get_token('/', 'good-token-1')->{status}, 200, "$name is no part of it");
            my @lines = $httpd->error_log =~ /:warn\].*MAI0017: (.*)/g;
            $httpd->expect_log(qr/MAI0017/) if $mode == 0644;
            is(scalar @lines, $mode == 0644 ? 1 : 0, sprintf 'mode %o: %s', $mode, $mode == 0644 ? 'a warning' : 'none');
            like($lines[0], qr{/secret can be read or written by everyone.*chmod 600}, 'that says what to do') if @lines;
        }
    }
};

subtest 'what is asked for, and what programs inherit' => sub {
    my $as = AS->new;
    $as->token('good-token-1' => $token);
    my $httpd = Httpd->new(mpm => 'prefork', limits => "StartServers 1\nServerLimit 1\nMaxRequestWorkers 1", config => $as->config . $place);
    $httpd->write_file('cgi/sockets.sh', "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\n'\nls -l /proc/\$\$/fd\n", 0755);
    my $answer = $httpd->get_token('/cgi/sockets.sh', 'good-token-1');
    like($answer->{body}, qr/ 0 -> /, 'a CGI program lists its descriptors');
    is(join("\n", $answer->{body} =~ /.*socket:.*/g), '', 'and has no socket of ours or of curl');
    is(($as->requests)[0]{headers}{'accept-encoding'}, 'identity', 'the answer is asked for unpacked');
};

subtest 'no descriptor is left' => sub {
    grep({ -x "$_/prlimit" } split /:/, $ENV{PATH}) or plan skip_all => 'prlimit is not installed';
    my $prlimit = 'setpriv --reuid=www-data --regid=www-data --clear-groups prlimit';    # as root it would need a capability
    my $as = AS->new;
    my $httpd = Httpd->new(mpm => 'prefork', limits => "StartServers 1\nServerLimit 1\nMaxRequestWorkers 1\nKeepAliveTimeout 100", config => $as->config . $place . "<Directory />\nAllowOverride None\n</Directory>\n<Location /open>\nAuthType None\nRequire all granted\n</Location>\n");
    my $socket = $httpd->connect;
    my $ask = sub {
        my $text = '';
        print $socket "GET /$_[0] HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer some-token-1\r\n\r\n";
        while ($text !~ /\r\n\r\n/ || $text =~ /content-length: *(\d+).*?\r\n\r\n(.*)/is && length $2 < $1) { sysread $socket, $text, 65536, length $text or last }
        return $text =~ m{^HTTP/1.1 (\d+)} ? $1 : 0;
    };
    is($ask->('open/none'), 404, 'one connection, which is kept');
    my ($child) = $httpd->children;
    my %used = map { m{/(\d+)$} ? ($1 => 1) : () } glob "/proc/$child/fd/*";
    my ($free) = grep { !$used{$_} } 0 .. 1000;
    is(system("$prlimit --pid $child --nofile=$free:"), 0, 'of a process that may open no more');
    is($ask->('x'), 503, 'nobody can be asked');
    $httpd->expect_log(qr/MAI0046/);
    like($httpd->error_log, qr/:warn\].*MAI0046: Could not use \Q@{[$as->url]}\E: could not do the exchange: no file descriptor is left; raise the limit \(ulimit -n, LimitNOFILE\)/, 'and the log says what to raise, not that the server is down');
    is($as->connections, 0, 'which nothing has reached');
    system("$prlimit --pid $child --nofile=1024:");
    close $socket;
    is($httpd->get_token('/x', 'some-token-1')->{status}, 401, 'with a higher limit it is asked');
};

subtest 'mod_info shows no secret' => sub {
    my $as = AS->new;
    my $httpd = Httpd->new(modules => ['info'], config => $as->config . "IntrospectCacheSecret literal-cache-secret-1\n<Location /info>\nSetHandler server-info\n</Location>\n");
    my $body = $httpd->get('/info')->{body};
    like($body, qr/IntrospectClientSecret/, 'the directive is there');
    unlike($body, qr/rs-secret-1|literal-cache-secret/, 'its secret is not');
    my $dumped = join '', map { $httpd->run(@$_); $httpd->{output} } ['-t', '-D', 'DUMP_CONFIG'];
    like($dumped, qr/IntrospectClientSecret/, 'DUMP_CONFIG has the directive');
    unlike($dumped, qr/rs-secret-1|literal-cache-secret/, 'and not the secret');
};
done_testing;
