# SPDX-License-Identifier: Apache-2.0
#
# Installing never overwrites what an administrator wrote, and uninstalling
# leaves it; what the make targets install and say.
use strict;
use warnings;
use Test::More;
use File::Temp qw(tempdir);
use Httpd;

delete @ENV{qw(MAKEFLAGS MAKELEVEL MFLAGS DESTDIR)};
my $root = tempdir(CLEANUP => 1);
my $mods = "$root/etc/apache2/mods-available";
my $confs = "$root/etc/apache2/conf-available";
my $conf = "$confs/auth_introspect.conf";
my $load = "$mods/auth_introspect.load";
my $example = slurp('conf-examples/auth_introspect.conf');
my $kept = qr/Kept your \Q$root\E\S*\/auth_introspect/;

sub slurp { my ($name) = @_; open my $in, '<', $name or return ''; local $/; return scalar <$in> }

sub spit { my ($name, $text) = @_; open my $out, '>', $name or die "$name: $!"; print $out $text; close $out }

# What it says, and its status.
sub make {
    my ($words) = @_;
    my $said = `make --no-print-directory $words 2>&1`;
    return ($said, $? >> 8);
}

my ($said, $status) = make("install DESTDIR='$root'");
is($status, 0, 'make install') or diag $said;
my ($module) = slurp($load) =~ /^LoadModule auth_introspect_module (\S+)$/m;
ok(-s "$root$module", 'puts the module where its .load says, below DESTDIR');
chomp(my $bindir = `apxs -q BINDIR`);
like(`'$root$bindir/introspect-check' --version`, qr/^introspect-check \d/, 'and introspect-check where programs are');
like(slurp($load), qr/^# Depends: authn_core authz_core$/m, 'a2enmod enables what it needs too');
is(slurp($conf), $example, 'and its settings');
unlike($said, $kept, 'there was nothing to keep');

($said) = make("install DESTDIR='$root'");
unlike($said, $kept, 'the same again is no news');
is(join(' ', sort map {m{([^/]+)$}} glob "$mods/* $confs/*"), 'auth_introspect.conf auth_introspect.load', 'and no further file');
ok(!-e "$mods/auth_introspect.conf", 'no settings lie where a2dismod takes them away');

# what is left of them without the module
my $uncommented = join '', map { s/^# ?//r } $example =~ /^(#\s+(?:Introspect|<|Auth|Require).*\n|#     \w.*\n)/mg;
like($uncommented, qr/IntrospectEndpoint.*<Location.*AuthType/s, 'its lines protect a place');
like(Httpd->refusal(load => 'none', log_level => 'info', config => $uncommented) // 'it starts', qr/Invalid command 'IntrospectEndpoint'/,
    'after a2dismod httpd refuses to start with them');
{
    my $httpd = Httpd->new(load => 'none', log_level => 'info', config => "<Location />\nAuthType Introspect\nRequire valid-user\n</Location>\n");
    is($httpd->get('/')->{status}, 500, 'and a place in a vhost stays closed without it');
}

spit("$mods/auth_introspect.conf", "<Location /api>\n</Location>\n");
($said) = make("install DESTDIR='$root'");
like($said, qr/Move what \Q$mods\E.* to \Q$conf\E: .*a2dismod/, 'an older one beside the .load is pointed out');
unlink "$mods/auth_introspect.conf";

spit($conf, "<Location /api>\n</Location>\n");
spit($load, "LoadModule  auth_introspect_module\t$module\n");
($said, $status) = make("install DESTDIR='$root'");
is($status, 0, 'an upgrade');
is(slurp($conf), "<Location /api>\n</Location>\n", 'leaves the settings that protect something');
is(slurp("$conf.new"), $example, 'puts its own beside them');
like($said, qr/Kept your \Q$conf; the one of this version is $conf.new/, 'and says so');
like(slurp($load), qr/^# Depends:/, 'a .load that says the same is brought up to date');
ok(!-e "$load.new", 'in its place');

spit($load, "LoadModule auth_introspect_module /opt/own.so\n");
($said) = make("install DESTDIR='$root'");
is(slurp($load), "LoadModule auth_introspect_module /opt/own.so\n", 'one that loads another file stays');
like($said, qr/\Q$load.new/, 'which is said');

mkdir "$root/etc/apache2/mods-enabled";
symlink '../mods-available/auth_introspect.load', "$root/etc/apache2/mods-enabled/auth_introspect.load";
($said, $status) = make("uninstall DESTDIR='$root'");
isnt($status, 0, 'make uninstall while it is enabled, so that httpd would not start');
like($said, qr/a2dismod auth_introspect/, 'says what to do first');
ok(-e "$root$module", 'and removes nothing');
unlink "$root/etc/apache2/mods-enabled/auth_introspect.load";
($said, $status) = make("uninstall DESTDIR='$root'");
is($status, 0, 'make uninstall');
ok(!-e "$root$module" && !-e $load, 'removes the module and its .load');
ok(-e $conf, 'leaves the .conf');
like($said, qr/Left for you: \Q$conf/, 'and says so');

# an httpd that is not Debian's
my %layouts = (
    apache => ['/opt/httpd/conf', undef, 'extra/auth_introspect.load', 'extra/auth_introspect.conf', qr/write 'Include \S+\.load' and 'Include \S+\.conf' into httpd\.conf, restart/],
    redhat => ['/etc/httpd/conf', '../conf.modules.d', '../conf.modules.d/10-auth_introspect.conf', '../conf.d/auth_introspect.conf', qr/auth_introspect\.conf, restart/],
    freebsd => ['/usr/local/etc/apache24', 'modules.d', 'modules.d/080_auth_introspect.conf', 'Includes/auth_introspect.conf', qr/auth_introspect\.conf, restart/],
);
for my $layout (sort keys %layouts) {
    my ($sysconf, $folder, $its_load, $its_conf, $expected) = @{$layouts{$layout}};
    my $other = tempdir(CLEANUP => 1);
    my $by_make = $layout eq 'apache';
    my $perform = sub {
        my ($action) = @_;
        return make("$action APXS='$other/apxs' DESTDIR='$other'") if $by_make;
        my $said = `DESTDIR='$other' sh build-aux/install $action build/normal/mod_auth_introspect.so /usr/lib/modules $sysconf 2>&1`;
        return ($said, $? >> 8);
    };
    spit("$other/apxs", "#!/bin/sh\ntest \"\$2\" = SYSCONFDIR && echo $sysconf || exec apxs \"\$@\"\n");
    chmod 0755, "$other/apxs";
    system "mkdir -p $other$sysconf; cd $other$sysconf; mkdir -p @{[ $folder // '.' ]}";
    ($said, $status) = $perform->('install');
    is($status, 0, "make install as $layout has it") or diag $said;
    like(slurp("$other$sysconf/$its_load"), qr/^LoadModule auth_introspect_module /m, 'the line that loads it is where it is read');
    is(slurp("$other$sysconf/$its_conf"), $example, 'and the settings are');
    like($said, $expected, 'it says what is left to do');
    unlike($said, qr/a2en/, 'and nothing of Debian');
    my $files = `cd $other && find . -type f ! -name apxs | wc -l`;
    is($files + 0, $by_make ? 4 : 3, 'nothing else is put anywhere but introspect-check');
    if ($by_make) {
        spit("$other$sysconf/httpd.conf", "Include $sysconf/$its_load\n");
        ($said, $status) = $perform->('uninstall');
        isnt($status, 0, 'make uninstall while httpd.conf includes it');
        like($said, qr/Take the lines with auth_introspect out/, 'says what to do first');
        unlink "$other$sysconf/httpd.conf";
    }
    ($said, $status) = $perform->('uninstall');
    is($status, 0, 'make uninstall');
    ok(!-e "$other$sysconf/$its_load" && -e "$other$sysconf/$its_conf", 'leaves the settings only');
}
$said = `LAYOUT=other sh build-aux/install install - /usr/lib/modules /etc/apache2 2>&1`;
isnt($?, 0, 'a layout that nobody has');
like($said, qr/is none of debian, redhat, freebsd, apache/, 'is refused');

# what is given on the command line
{
    my ($said) = make('-n -B V=1 CPPFLAGS=-DFROM_OUTSIDE CFLAGS=-O1 LDFLAGS=-Wl,--from-outside all');
    like($said, qr/-DFROM_OUTSIDE -O1 .*-c -o \S+\.o/, 'CPPFLAGS and CFLAGS reach the compiler');
    like($said, qr/-shared .*-Wl,--from-outside.* -o \S+mod_auth_introspect\.so/s, 'LDFLAGS reach the linker');
}

# what makes an error harder to use; of the compiler's flags, those that it has
{
    chomp(my $cc = `make -s --no-print-directory -f - flags 2>/dev/null <<'END'\nflags:\n\t\@echo \$(CC)\nEND`);
    my $takes = sub { return system("$cc -Werror -O2 $_[0] -x c -c -o /dev/null /dev/null >/dev/null 2>&1") == 0 };
    my $level = $takes->('-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -include stdlib.h') ? 3 : 2;
    my @flags = ("-D_FORTIFY_SOURCE=$level", grep { $takes->($_) } qw(-fstack-protector-strong -fstack-clash-protection -fcf-protection -ftrivial-auto-var-init=zero));
    my ($said) = make('-n -B V=1 all');
    my @compiled = grep {/-c -o \S+\.o/} split /\n/, $said =~ s/\\\n//gr;
    cmp_ok(scalar @compiled, '>', 200, 'all is compiled');
    for my $flag (@flags) {
        is((grep { !/(?:^|\s)\Q$flag\E(?:\s|$)/ } @compiled)[0] // 'each', 'each', "with $flag");
    }
    my @linked = grep {/-o \S+(?:\.so|introspect-check) /} split /\n/, $said =~ s/\\\n//gr;
    is(scalar @linked, 2, 'the module and introspect-check are linked');
    like($_, qr/-Wl,-z,relro -Wl,-z,now/, 'with tables that cannot be written') for @linked;
    ($said) = make('-n -B V=1 CPPFLAGS=-D_FORTIFY_SOURCE=1 all');
    unlike($said, qr/FORTIFY_SOURCE=(?!1)/, 'who chooses a level has it');
}

# the oldest versions
my %least = map { /^(\S+) (\S+)$/ } `sh build-aux/minimum list`;
is(scalar keys %least, 6, 'six have a least version');
for my $name (sort keys %least) {
    is(system("sh build-aux/minimum check $name $least{$name} 2>/dev/null"), 0, "$name $least{$name} will do");
    my $older = $least{$name} =~ s/(\d+)$/$1 ? $1 - 1 : ''/er;
    $older = $older =~ s/^(\d+)\.$/$1 - 1 . '.9'/er;
    my ($complaint) = map { scalar `sh build-aux/minimum check $name $_ 2>&1` } $older;
    like($complaint, qr/^$name is $older, and this module needs $least{$name} or later$/m, "$older will not");
    like(slurp('README.md'), qr/\b$name \Q$least{$name}\E(?![\d])/, 'README says so');
}
my %packages = (httpd => 'apache2-dev', libcurl => 'libcurl4-openssl-dev', jansson => 'libjansson-dev', OpenSSL => 'libssl-dev');
like(slurp('debian/control'), qr/\Q$packages{$_} (>= $least{$_})\E/, "so do the packages: $_") for sort keys %packages;
{
    my $old = tempdir(CLEANUP => 1);
    spit("$old/apr-1-config", "#!/bin/sh\ntest \"\$1\" = --version && echo 1.5.2 || exec apr-1-config \"\$@\"\n");
    chmod 0755, "$old/apr-1-config";
    ($said, $status) = make("need-libs APR_CONFIG=$old/apr-1-config");
    isnt($status, 0, 'an APR that is too old');
    like($said, qr/APR is 1\.5\.2, and this module needs 1\.6 or later/, 'ends the build with a sentence');
}

# the manual page
SKIP: {
    skip 'there is no lowdown', 5 if system('command -v lowdown >/dev/null') != 0;
    unlink 'build/mod_auth_introspect.8', 'build/introspect-check.1';
    ($said, $status) = make('man');
    is($status, 0, 'make man');
    my $manual = slurp('build/mod_auth_introspect.8');
    like($manual, qr/^\.SH NAME\n(?:\.\w+\n)?mod_auth_introspect \\- \w/m, 'its page has a name that man and apropos find');
    like($manual, qr/^\.SS IntrospectEndpoint$/m, 'and a section for each directive');
    $manual = slurp('build/introspect-check.1');
    like($manual, qr/^\.SH NAME\n(?:\.\w+\n)?introspect-check \\- \w/m, 'introspect-check has one, too');
    like($manual, qr/^\.SH Exit status$/mi, 'which tells its exit status');
}

my $bare = tempdir(CLEANUP => 1);
for my $target (qw(install uninstall)) {
    ($said, $status) = make("$target APXS=/nonexistent/apxs DESTDIR='$bare'");
    isnt($status, 0, "make $target without apxs");
    like($said, qr/no \/nonexistent\/apxs.*run 'make deps'/, 'says what to do');
}
is(join(' ', glob "$bare/*"), '', 'and touches nothing');

# what is installed for what
my $tests = qr/redis-server|memcached|openidc|subversion/;
for my $target (qw(deps demo)) {
    my ($commands) = make("-n $target");
    like($commands, qr/packages install build$/m, "make $target installs what builds");
}
my ($commands) = make('-n check');
like($commands, qr/packages install build check$/m, 'make check also what tests');
like(`sh build-aux/packages list build`, qr/apache2-dev/, 'which there is');
unlike(`sh build-aux/packages list build`, $tests, 'the demonstration needs no store');
like(`sh build-aux/packages list check`, $tests, 'the tests do');

# the words of make help
($said) = make('help');
my @targets = `make help` =~ /^make (\w+)/mg;
ok(@targets > 0, 'make help lists targets');
like($said, qr/^make $_ +\w/m, "make help explains $_") for @targets;
my ($phony) = slurp('Makefile') =~ /^\.PHONY:((?:.*\\\n)*.*)/m;
like($phony, qr/\b$_\b/, "$_ is a target") for $said =~ /^make (\w+)/mg;
done_testing;
