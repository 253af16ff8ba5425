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
my $other = tempdir(CLEANUP => 1);
spit("$other/apxs", "#!/bin/sh\ntest \"\$2\" = SYSCONFDIR && echo /opt/httpd/conf || exec apxs \"\$@\"\n");
chmod 0755, "$other/apxs";
($said, $status) = make("install APXS='$other/apxs' DESTDIR='$other'");
is($status, 0, 'make install for an httpd elsewhere');
ok(-e "$other/opt/httpd/conf/$_", "puts $_ where its apxs says")
    for qw(mods-available/auth_introspect.load conf-available/auth_introspect.conf);
ok(!-e "$other/etc", 'and nothing where Debian has it');

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
