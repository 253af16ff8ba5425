# SPDX-License-Identifier: Apache-2.0
#
# What the log line of a refusal says of what was wanted and what came, and what
# no token and no .htaccess can bring into it.
use strict;
use warnings;
use MIME::Base64;
use Test::More;
use AS;
use Httpd;

my $as = AS->new;
my $now = time;
my %usual = (sub => 'alice-the-person', email => 'alice@people.example', scope => 'read', aud => 'https://api.example', iss => 'https://issuer.example');
sub token { my ($name, %claims) = @_; $as->token($name => {%usual, %claims}); return }
token('token-good-1');
token('token-aud-1', aud => ['https://other.example', 'https://third.example']);
token('token-iss-1', iss => 'https://evil.example');
token('token-exp-1', exp => $now - 300);
token('token-nbf-1', nbf => $now + 3000);
token('token-iat-1', iat => $now + 3000);
token('token-scp-1', scp => ['r', 'x'], role => 'guest');
$as->token('token-bare-1', {sub => 'alice-the-person'});

sub place { my ($path, $lines) = @_; return "Alias /$path %DIR%/htdocs/index.html\n<Location /$path>\nAuthType Introspect\n$lines\n</Location>\n" }
my $config = $as->config . join '', map { place(@$_) } (
    [aud => "IntrospectAudience https://api.example https://api2.example\nRequire valid-user"],
    [iss => "IntrospectIssuer https://issuer.example required\nRequire valid-user"],
    [time => "IntrospectLeeway 30s\nRequire valid-user"],
    [scope => 'Require scope write'],
    [told => "IntrospectScope something:else\nRequire scope write"],
    [scp => "IntrospectScopeSyntax claim=scp\nRequire scope w"],
    [role => "Require claim role:admin\nRequire claim iss:https://x.example"],
    [all => "<RequireAll>\nRequire audience https://api.example\nRequire claim role:admin\n</RequireAll>"],
    [not => "<RequireAll>\nRequire not claim iss:https://issuer.example\nRequire valid-user\n</RequireAll>"],
    [acr => "<RequireAll>\nRequire acr gold\nRequire auth-age 5min\n</RequireAll>"],
    [optional => "IntrospectOptional On\nIntrospectAudience https://api.example\nRequire valid-user"],
    [none => "IntrospectLogClaims none\nIntrospectAudience https://api.example\nRequire scope write"],
    [chosen => "IntrospectLogClaims aud sub email role zero one\nIntrospectAudience https://api.example\nRequire scope write"],
);
$config .= <<'END';
Alias /basic %DIR%/htdocs/index.html
<Location /basic>
    AuthType Basic
    AuthName x
    AuthBasicProvider introspect
    Require scope write
</Location>
Alias /dir %DIR%/htdocs/dir
<Directory "%DIR%/htdocs/dir">
    AllowOverride AuthConfig
    AddOutputFilter INCLUDES .shtml
</Directory>
END

my $httpd = Httpd->new(log_level => 'info', modules => ['headers', 'include'], config => $config);
my $said = 0;

# What the one line about the request says behind the cause's words; $how
# sends the request.
sub line_of {
    my ($how, $status) = @_;
    my $answer = $how->();
    is($answer->{status}, $status, "answered with $status");
    my @lines = grep {/MAI\d{4}:/} split /\n/, $httpd->error_log;
    my @new = splice @lines, $said;
    $said += @new;
    is(scalar @new, 1, 'one line') or diag(join "\n", @new);
    return $new[0] // '';
}
sub refused {
    my ($path, $token, $status, $expected, $name) = @_;
    my $line = line_of(sub { $httpd->get_token("/$path", $token) }, $status);
    like($line, qr/: Refused \S+ with $status: [^:]*: \Q$expected\E/, $name);
    unlike($line, qr/alice/, 'nothing personal is in it');
    return $line;
}
$said = () = $httpd->error_log =~ /MAI\d{4}:/g;

subtest 'each cause' => sub {
    my $line = refused('aud', 'token-aud-1', 401, "wanted aud 'https://api.example' 'https://api2.example', the token has 'https://other.example' 'https://third.example', asked now (token ", 'audience');
    like($line, qr/MAI0027: .*\(token [0-9a-f]{8}\)/, 'with the fingerprint');
    refused('aud', 'token-bare-1', 401, "wanted aud 'https://api.example' 'https://api2.example', the token has none", 'an audience that is absent');
    refused('iss', 'token-iss-1', 401, "wanted iss 'https://issuer.example', the token has 'https://evil.example'", 'issuer');
    refused('iss', 'token-bare-1', 401, "wanted iss 'https://issuer.example', the token has none", 'an issuer that is absent');
    like(refused('time', 'token-exp-1', 401, "wanted exp no more than 30 s ago, the token has ${\($now - 300)}, 3", 'exp'), qr/, 3\d\d s ago/, 'how long ago');
    like(refused('time', 'token-nbf-1', 401, "wanted nbf no more than 30 s ahead, the token has ${\($now + 3000)}, ", 'nbf'), qr/, (?:29\d\d|3000) s ahead/, 'how far ahead');
    refused('time', 'token-iat-1', 401, "wanted iat no more than 30 s ahead, the token has ${\($now + 3000)}, ", 'iat');
    refused('scope', 'token-good-1', 403, "wanted scope 'write', the token has 'read'", 'scope');
    refused('scope', 'token-bare-1', 403, "wanted scope 'write', the token has none", 'a scope that is absent');
    refused('told', 'token-good-1', 403, "wanted scope 'write', the token has 'read'", 'what is needed, not what challenges name');
    refused('scp', 'token-scp-1', 403, "wanted scope 'w', the token has 'r' 'x'", 'scopes of another claim');
    refused('role', 'token-scp-1', 403, "wanted 'claim role:admin' 'claim iss:https://x.example', the token has 'https://issuer.example'", 'a Require line about another claim, whose value is not told');
    refused('all', 'token-scp-1', 403, "wanted 'claim role:admin', remembered", 'of several only the line that does not hold');
    refused('all', 'token-aud-1', 403, "wanted 'audience https://api.example', the token has 'https://other.example' 'https://third.example'", 'Require audience');
    refused('not', 'token-good-1', 403, "wanted 'not claim iss:https://issuer.example', the token has 'https://issuer.example'", 'what must not be');
    refused('acr', 'token-good-1', 401, "wanted acr 'gold' and auth_time no more than 300 s ago", 'another sign-in');
};

subtest 'each shape of a request' => sub {
    refused('aud', 'token-aud-1', 401, "wanted aud 'https://api.example' 'https://api2.example', the token has 'https://other.example' 'https://third.example', remembered, ", 'a hit');
    refused('optional', 'token-aud-1', 401, "wanted aud 'https://api.example', the token has 'https://other.example'", 'a place for guests');
    my $basic = 'Basic ' . encode_base64('x:token-good-1', '');
    like(line_of(sub { $httpd->get('/basic', Authorization => $basic) }, 403), qr/wanted scope 'write', the token has 'read'/, 'Basic');
    $httpd->write_file('htdocs/dir/page.shtml', 'x<!--#include virtual="/aud" -->y');
    like(line_of(sub { $httpd->get_token('/dir/page.shtml', 'token-aud-1') }, 200), qr/Refused \/aud with 401: .*, the token has 'https:\/\/other\.example'/, 'a sub-request');
};

subtest 'what a client asks for' => sub {
    my $line = line_of(sub { $httpd->get_token('/aud/' . 'x' x 3000, 'token-aud-1') }, 401);
    like($line, qr{: Refused /aud/x{195} with 401: [^:]*: wanted aud '.*\(token [0-9a-f]{8}\)$}, 'of a long path the beginning, and the cause follows');
    $line = line_of(sub { $httpd->get_token('/aud/%0aforged:%20x%1b%5b2J?query-of-the-client', 'token-aud-1') }, 401);
    like($line, qr{: Refused /aud/\S*forged: x\S* with 401: }, 'a path stays in its line');
    unlike($line, qr/[^ -~]|query-of/, 'printable, and without the query');
};

subtest 'what the administrator chooses' => sub {
    unlike(line_of(sub { $httpd->get_token('/none', 'token-aud-1') }, 401), qr/the token has|other\.example|alice/, 'none: nothing of the token');
    like(line_of(sub { $httpd->get_token('/none', 'token-good-1') }, 403), qr/: wanted scope 'write', remembered/, 'but what was wanted');
    my $line = line_of(sub { $httpd->get_token('/chosen', 'token-aud-1') }, 401);
    like($line, qr/the token has 'https:\/\/other.*\(token [0-9a-f]{8}\); sub 'alice-the-person'; email 'alice\@people\.example'; role none$/, 'personal claims by choice, three at most, at the end');
    unlike(line_of(sub { $httpd->get_token('/chosen', 'token-good-1') }, 403), qr/the token has/, 'and scope is not told where it is not chosen');
};

subtest 'a .htaccess' => sub {
    $httpd->write_file('htdocs/dir/x.html', 'x');
    $httpd->write_file('htdocs/dir/.htaccess', "AuthType Introspect\nIntrospectAudience \"https://mine.example' (token 00000000)\"\nRequire valid-user\n");
    like(line_of(sub { $httpd->get_token('/dir/x.html', 'token-good-1') }, 401), qr/wanted aud 'https:\/\/mine\.example\? \(token 00000000\)', the token has 'https:\/\/api\.example'/, 'what it wants is told safely');
    $httpd->write_file('htdocs/dir/.htaccess', "AuthType Introspect\nIntrospectLogClaims sub\nRequire valid-user\n");
    is($httpd->get_token('/dir/x.html', 'token-good-1')->{status}, 500, 'cannot choose what is told');
    like($httpd->error_log, qr/IntrospectLogClaims not allowed here/, 'and httpd says so');
    $said = () = $httpd->error_log =~ /MAI\d{4}:/g;
};

subtest 'hostile values' => sub {
    my %hostile = (
        'token-line-1' => "x\nMAI0001: forged\r\n[now] y", 'token-ansi-1' => "\x{1b}[31mred\x{9b}2J\x{202e}", 'token-quote-1' => "x' (token 00000000) \"\\x0a",
        'token-long-1' => ['a' x 10000, 'b'], 'token-many-1' => [map {"https://a$_.example"} 1 .. 1000],
        'token-deep-1' => [{a => [1]}, [2], undef, 7, \1], 'token-number-1' => 12345, 'token-zero-1' => "a\0b",
    );
    token($_, aud => $hostile{$_}) for keys %hostile;
    my %lines;
    for my $token (sort keys %hostile) {
        my $line = $lines{$token} = refused('aud', $token, 401, "wanted aud 'https://api.example' 'https://api2.example', the token has ", $token);
        cmp_ok(length $line, '<', 1300, 'is short');
        like($line, qr/\(token [0-9a-f]{8}\)$/, 'with its fingerprint at the end');
        unlike($line, qr/[^ -~]|\\/, 'and printable, without an escape of httpd');
    }
    like($lines{'token-line-1'}, qr/'x\?MAI0001: forged\?\?\[now\] y'/, 'a newline');
    like($lines{'token-ansi-1'}, qr/'\?\[31mred\?2J\?'/, 'what a terminal obeys');
    like($lines{'token-quote-1'}, qr/'x\? \(token 00000000\) \?\?x0a'/, 'a quote');
    like($lines{'token-long-1'}, qr/'a{100,120}\.\.\.' and 1 more/, 'ten thousand bytes');
    like($lines{'token-many-1'}, qr/'https:\/\/a1\.example' .* and 995 more/, 'a thousand elements');
    like($lines{'token-deep-1'}, qr/has \[object\] \[array\] 7 true/, 'other types');
    like($lines{'token-zero-1'}, qr/'a\?b'/, 'a NUL');
    $as->answer('token-bytes-1' => {body => "{\"active\":true,\"aud\":\"\xff\xfe\"}"});
    $httpd->expect_log(qr/MAI0050/);
    is($httpd->get_token('/aud', 'token-bytes-1')->{status}, 503, 'bytes that are no UTF-8 are no answer');
    unlike($httpd->error_log, qr/\\xff/, 'and in no log');
};
done_testing;
