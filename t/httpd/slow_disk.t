# SPDX-License-Identifier: Apache-2.0
#
# Files of settings on a file system that hangs, and what is no file: no request
# waits for them, whatever the authorization server answers.
use strict;
use warnings;
use File::Temp qw(tempdir);
use POSIX qw(mkfifo);
use Test::More;
use AS;
use Httpd;

my $dir = tempdir('introspect-slow-disk-XXXXXX', TMPDIR => 1, CLEANUP => 1);
my $group = getgrnam 'www-data';
chmod 0777, $dir;    # httpd's User leaves a file there when it waits
is(system("gcc -shared -fPIC -o $dir/preload.so $Httpd::root/t/modules/slow_disk.c -ldl"), 0, 'a disk that hangs when it is told to');

# As programs that renew things do it; changed long enough ago to be read once.
sub swap {
    my ($path, $text) = @_;
    open my $out, '>', "$path.new" or die "$path: $!";
    print $out $text;
    close $out;
    chown 0, $group, "$path.new";
    chmod 0640, "$path.new";
    rename "$path.new", $path or die $!;
    return;
}
sub hang { open my $out, '>', "$dir/slow-disk.hangs" or die $!; return }
sub go_on { unlink "$dir/slow-disk.hangs"; return }

my ($near, $far) = (AS->new(credentials => 'Bearer near-bearer-1'), AS->new(credentials => 'Bearer far-bearer-1'));
$_->all({body => '{"active":true,"sub":"a"}'}) for $near, $far;
swap("$dir/$_", Httpd::secret('near-bearer-1')) for qw(near pipe huge);
swap("$dir/slow-disk", Httpd::secret('far-bearer-1'));
my $n = 0;
sub token { return 'slow-disk-token-' . ++$n }
sub place { my ($name, $as, $file) = @_; return join "\n", "<Location /$name>", 'IntrospectEndpoint ' . $as->url, 'AuthType Introspect', 'Require valid-user',
    'IntrospectClientAuth bearer', "IntrospectBearerToken file:$file", "</Location>\n" }

local $ENV{T_PRELOAD} = join ':', grep {defined} $ENV{T_PRELOAD}, "$dir/preload.so";
my $httpd = Httpd->prepare(config => "IntrospectCacheMaxAge 0\n" . join('', map { place($_, $near, "$dir/$_") } qw(near pipe huge)) . place('far', $far, "$dir/slow-disk"),
    limits => "StartServers 1\nServerLimit 1\nThreadsPerChild 32\nMaxRequestWorkers 32\nMinSpareThreads 1\nMaxSpareThreads 32");
$httpd->write_file("htdocs/$_", "x\n") for qw(near far pipe huge);
$httpd->begin;
sub status { my ($place) = @_; return $httpd->get_token("/$place", token())->{status} }

is(status($_), 200, "$_: granted") for qw(near far pipe huge);
hang();
$httpd->wait_until(sub { -e "$dir/slow-disk.waits" }, 'somebody to wait for the disk');
unlink "$dir/pipe";
mkfifo("$dir/pipe", 0666) or die $!;
open my $out, '>', "$dir/huge.new" or die $!;
truncate $out, 1 << 40 or die $!;
close $out;
rename "$dir/huge.new", "$dir/huge" or die $!;
subtest 'while the disk hangs' => sub {
    is(status($_), 200, "$_: granted") for qw(near far);
    $httpd->expect_log(qr/MAI0053/);
    $far->credentials('Bearer far-bearer-2');
    my @flood = $httpd->parallel(map { ["/far", Authorization => 'Bearer ' . token()] } 1 .. 24);
    is(scalar(grep { $_->{status} == 500 } @flood), 24, 'a flood of what the server refuses us for is answered');
    is(status('near'), 200, 'and no worker waits');
    $near->credentials('Bearer near-bearer-2');
    is(status('near'), 500, 'who is refused for another file does not wait either');
    $near->credentials('Bearer near-bearer-1');
};
subtest 'when it works again' => sub {
    $httpd->expect_log(qr/MAI0112/);
    swap("$dir/slow-disk", Httpd::secret('far-bearer-2'));
    go_on();
    $httpd->wait_until(sub { status('far') == 200 }, 'the file to be read', 10);
    is(status('far'), 200, 'the file is read');
    $httpd->wait_log(qr/MAI0112: IntrospectBearerToken $dir\/pipe has .*: it is not a regular file/, 15);
    $httpd->wait_log(qr/MAI0112: IntrospectBearerToken $dir\/huge has .*: it is too large/, 15);
    is(status($_), 200, "a $_ keeps nobody, and the token of before serves") for qw(pipe huge);
    $near->credentials('Bearer near-bearer-3');
    is(status($_), 500, "nor after a refusal: $_") for qw(pipe huge);
};
hang();
unlink "$dir/slow-disk.waits";
$httpd->wait_until(sub { -e "$dir/slow-disk.waits" }, 'the disk to hang again');
$httpd->stop;    # which fails where a process stays
pass('a stop waits for no thread that hangs');
done_testing;
