# SPDX-License-Identifier: Apache-2.0
#
# introspect-check: the output for two requests that succeed and five that fail is what
# docs/troubleshooting.md shows.
use strict;
use warnings;
use File::Basename qw(dirname);
use File::Temp qw(tempfile);
use Test::More;
use AS;
use Admin;
use Httpd;

my $program = dirname(Httpd::module()) . '/introspect-check';
ok(-x $program, "it is built");
my ($httpd_binary) = grep {-x} map { ("$_/apache2", "$_/httpd") } split(/:/, $ENV{PATH}), '/usr/sbin';

# What is printed, and the status.
sub run {
    my ($token, @words) = @_;
    my ($out, $file) = tempfile(UNLINK => 1);
    my $words = join ' ', map {"'$_'"} @words;
    print $out "$token\n" if defined $token;
    close $out;
    # the httpd that it runs loads a module that may be built with a sanitizer
    local $ENV{LD_PRELOAD} = $ENV{T_PRELOAD} // '';
    local $ENV{ASAN_OPTIONS} = 'detect_leaks=0:alloc_dealloc_mismatch=0';
    my $said = `env -u http_proxy INTROSPECT_CHECK_PASSWORD=admin-pass '$program' $words < $file 2>&1`;
    my $status = $? >> 8;
    return ($status, $said);
}

# As the document shows it: what is another each time stands for itself.
sub shown {
    my ($said) = @_;
    $said =~ s/\d+ us, (\d+) bytes/N us, N bytes/g;
    $said =~ s/^Syntax OK\n//m;
    $said =~ s/port \d+; gave up after \d+ ms/port PORT; gave up after N ms/g;
    $said =~ s/(INTROSPECT_CLAIM_exp) \d+/$1 N/;
    $said =~ s/127\.0\.0\.1:\d+/127.0.0.1:PORT/g;
    $said =~ s{/[^ ]*?/?httpd\.conf:\d+|httpd\.conf:\d+}{httpd.conf:N}g;
    $said =~ s/PORT-[0-9a-f]{10}/PORT-DIGEST/g;
    $said =~ s/^fingerprint: \w+/fingerprint: FINGERPRINT/mg;
    $said =~ s/^(age|asked_next): \d+/$1: N/mg;
    $said =~ s/^answer exp: \d+/answer exp: N/mg;
    return $said;
}

open my $page, '<', "$Httpd::root/docs/troubleshooting.md" or die;
my $document = do { local $/; <$page> };
my %documented = $document =~ /^#### ([^\n]+)\n.*?^```text\n(.*?)^```/msg;

sub is_documented {
    my ($name, $status, $said, $expected) = @_;
    is($status, $expected, "$name: status $expected") or diag $said;
    is(shown($said), $documented{$name}, "$name: as documented");
    unlike($said, qr/rs-secret-1|a-wrong-one|checked-token/, 'no secret is printed');
    return;
}

my $as = AS->new;
my %good = (sub => 'alice', iss => 'https://as.example', aud => 'https://api.example', scope => 'read', exp => time + 3600);
$as->token('checked-token-1' => \%good);
$as->token('checked-token-2' => {%good, aud => 'https://other.example'});
$as->answer('checked-token-3' => {status => 200, type => 'text/html', body => '<h1>Sign in</h1>'});
Httpd::secret("checked-token-$_") for 1 .. 4;
my $silent = 'http://127.0.0.1:' . Httpd->free_port . '/introspect';
my $settings = $as->config;
(my $wrong = $settings) =~ s/rs-secret-1/a-wrong-one/;
(my $down = $settings) =~ s/^IntrospectEndpoint .*/IntrospectEndpoint $silent/m;
my $httpd = Httpd->new(config => <<"END");
<IntrospectServer main>
$settings</IntrospectServer>
<IntrospectServer wrong>
$wrong</IntrospectServer>
<IntrospectServer down>
$down</IntrospectServer>
<Location /api>
    AuthType Introspect
    IntrospectServer main
    IntrospectAudience https://api.example
    Require scope read
</Location>
@{[Admin::place('/introspect-status', 'introspect-status')]}
END
Admin::write_users($httpd);
my @page = ('--page', $httpd->url('/introspect-status'), '--user', 'admin');
my @offline = ('--httpd', "$httpd_binary -f $httpd->{dir}/httpd.conf");

is_documented('The request is let in', run('checked-token-1', @page, '/api'), 0) for 1;
is_documented('The token is active', run('checked-token-1', @offline, '--server', 'main'), 0);
is_documented('The secret is wrong', run('checked-token-1', @offline, '--server', 'wrong'), 4);
is_documented('The connection is refused', run('checked-token-1', @offline, '--server', 'down'), 3);
is_documented('The response is a web page', run('checked-token-3', @offline, '--server', 'main'), 2);
is_documented('The token is inactive', run('checked-token-4', @offline, '--server', 'main'), 1);
is_documented('The token has another audience', run('checked-token-2', @page, '/api'), 1);

subtest 'a list of servers' => sub {
    my ($status, $said) = run(undef, @offline, '--list');
    is($status, 0, 'is printed');
    is(join(' ', $said =~ /^server: (.*)$/mg), 'main wrong down', 'by names');
    unlike($said, qr/secret-1|a-wrong-one/, 'without secrets');
};

subtest 'what a token\'s claims cannot do to a terminal' => sub {
    $as->token('checked-token-5' => {%good, scope => "read a\x{1b}[31m\x{9b}2J\x{202e}b\nfault: none x\x{200f}y\x{e9}"});
    Httpd::secret('checked-token-5');
    for my $way ([@page, '/api'], [@offline, '--server', 'main']) {
        my ($status, $said) = run('checked-token-5', @$way);
        is($status, 0, 'it is good');
        like($said, qr/a(?:\?|\\u001B)\[31m\?2J\?b/, 'escapes, controls of C1 and overrides of direction are question marks');
        unlike($said, qr/\x1b|\xc2[\x80-\x9f]|\xe2\x80[\xaa-\xae\x8e\x8f]/, 'none is printed');
        unlike($said, qr/^fault: none x/m, 'and no line is forged');
        like($said, qr/x\?y\xc3\xa9/, 'letters are printed');
    }
    # wherever a line might be cut into pieces
    for my $before ('', 'x') {
        $as->token('checked-token-6' => {%good, scope => $before . "\x{9b}" x 3000});
        Httpd::secret('checked-token-6');
        my ($status, $said) = run('checked-token-6', @offline, '--server', 'main');
        is($status, 0, 'one with a long line is good');
        like($said, qr/scope: $before\?{3000}\n/, 'and each control of it a question mark');
    }
};

subtest 'forget' => sub {
    $httpd->get_token('/api', 'checked-token-1');
    my $calls = $as->calls('checked-token-1');
    my ($status, $said) = run('checked-token-1', @page, '--forget');
    is("$status $said", "0 Forgot what was remembered about this token\n", 'a token');
    $httpd->get_token('/api', 'checked-token-1');
    is($as->calls('checked-token-1'), $calls + 1, 'which is asked about again');
};

subtest 'what cannot be found out' => sub {
    for (['no such page', 'checked-token-1', '--page', $httpd->url('/elsewhere'), '/api'], ['no password', 'checked-token-1', $page[0], $page[1], '/api'],
        ['nobody there', 'checked-token-1', '--page', $silent, '/api'], ['no token', '', @page, '/api'], ['a wrong path', 'checked-token-1', @page, 'api'],
        ['an unknown option', 'checked-token-1', '--nonsense'], ['two paths', 'checked-token-1', '/a', '/b']) {
        my ($name, @run) = @$_;
        my ($status, $said) = run(@run);
        is($status, 5, $name);
        like($said, qr/^(?:introspect-check|Try|\S+introspect-check): \S|^\S*introspect-check: |Try/, 'which is said') or diag $said;
        unlike($said, qr/checked-token/, 'without the token');
    }
    my ($status, $said) = run('checked-token-1', @offline, '--server', 'nobody');
    is($status, 4, 'an unknown server');
    like($said, qr/^complaint: the configuration has no authorization server of that name$/m, 'is named');
    ($status, $said) = run('checked-token-1', '--httpd', "$httpd_binary -f /nowhere", '--server', 'main');
    is($status, 4, 'a configuration that httpd does not take');
    ($status, $said) = run(undef, '--help');
    is($status, 0, '--help');
    like($said, qr/--forget/, 'names the options');
};
unlike($httpd->error_log, qr/checked-token/, 'no token is logged');
done_testing;
