# SPDX-License-Identifier: Apache-2.0
#
# Clients and authors of .htaccess who mean harm.
use strict;
use warnings;
use Test::More;
use AS;
use Httpd;

my $as = AS->new;
my $backend = AS->new;
$as->token('good-token-1' => {sub => 'alice', scope => 'read', odd => ('a' x 41)});

# Those that are the administrator's, each with a line that shows it.
open my $docs, '<', "$Httpd::root/docs/directives.md" or die $!;
my %shown = ('<IntrospectServer' => "<IntrospectServer x>\n</IntrospectServer>", '<AuthnProviderAlias' => "<AuthnProviderAlias introspect x>\n</AuthnProviderAlias>");
for my $section (split /^### /m, join '', <$docs>) {
    my ($name) = $section =~ /^(Introspect\w+)\n/ or next;
    $shown{$name} = $1 if $section =~ /^\| Override \| not in/m && $section =~ /^```apache\n(?:.*\n)*?\s*($name .*)/m;
}
cmp_ok(scalar keys %shown, '>', 40, 'docs/directives.md has them');

$ENV{SECRET_OF_HTTPD} = Httpd::secret('env-secret-of-httpd');
my $httpd = Httpd->new(modules => [qw(proxy proxy_http headers)], allow_override => 'AuthConfig FileInfo Limit',
    config => $as->config . <<"END");
<Directory "%DIR%/htdocs/list">
    AllowOverrideList @{[join ' ', sort keys %shown]} IntrospectExportPrefix AuthType Require
</Directory>
<Location /unused>
    IntrospectEndpoint @{[$as->base]}/introspect
    IntrospectClientID rs
    IntrospectClientSecret env:SECRET_OF_HTTPD
</Location>
<Location /api>
    AuthType Introspect
    Require valid-user
    IntrospectExport header
    ProxyPass @{[$backend->base]}/api
</Location>
<Location /never>
    AuthType Introspect
    <RequireAll>
        Require valid-user
        Require not claim "odd~^(?:a+)+[bc]\$"
    </RequireAll>
</Location>
END

subtest 'what Connection lists' => sub {
    for my $names ('INTROSPECT-CLAIM-sub', 'introspect_claim_sub, x-other', 'x-other ,Introspect.Claim.Sub',
        'x-other;INTROSPECT-CLAIM-sub', 'x-other; "x,INTROSPECT-CLAIM-sub;') {
        $httpd->get('/api', Authorization => 'Bearer good-token-1', Connection => $names);
        my @requests = $backend->requests;
        is($requests[-1]{headers}{'introspect-claim-sub'}, 'alice', "RFC 9110 7.6.1: Connection: $names takes no claim away");
    }
};

my $count = 0;
subtest 'directives of the administrator in a .htaccess' => sub {
    for my $name (sort keys %shown) {
        $httpd->write_file("htdocs/list/$count/.htaccess", "$shown{$name}\n");
        $httpd->write_file("htdocs/list/$count/x.html", "x\n");
        is($httpd->get("/list/$count/x.html")->{status}, 500, "$name is refused in a .htaccess, also under AllowOverrideList");
        like($httpd->error_log, qr{list/$count/\.htaccess: \Q$name\E>? (?:not allowed|cannot occur) [^\n]*(?:here|within|context)}, 'and the log says so');
        $count++;
    }
};
subtest 'prefixes in a .htaccess' => sub {
    for my $prefix (qw(LUA_ LD_ TOKEN_ INTROSPECT_ introspect_claim_)) {
        $httpd->write_file("htdocs/list/$count/.htaccess", "IntrospectExportPrefix $prefix\n");
        $httpd->write_file("htdocs/list/$count/x.html", "x\n");
        is($httpd->get("/list/$count/x.html")->{status}, 500, "prefix $prefix is refused in a .htaccess");
        $count++;
    }
    $httpd->write_file("htdocs/list/$count/.htaccess", "IntrospectExportPrefix INTROSPECT_CLAIM_X_\n");
    $httpd->write_file("htdocs/list/$count/x.html", "x\n");
    is($httpd->get("/list/$count/x.html")->{status}, 200, 'one that begins like the usual one is not');
};

subtest 'a .htaccess and servers with names' => sub {
    my %server = map { $_ => AS->new(credentials => '') } qw(a b);
    my $sections = join '', map {"<IntrospectServer $_>\nIntrospectEndpoint @{[$server{$_}->url]}\nIntrospectClientAuth none\nIntrospectTokenPrefix $_-\n</IntrospectServer>\n"} sort keys %server;
    my $places = join '', map { my ($dir, $lines) = @$_; "<Directory %DIR%/htdocs/$dir>\nAuthType Introspect\nAuthName x\nRequire valid-user\n$lines</Directory>\n" }
        ['only', "IntrospectServer a\n"], ['both', "IntrospectServer a b\n"], ['own', $as->config];
    my $named = Httpd->new(allow_override => 'AuthConfig FileInfo Limit Options', config => $sections . $places);
    $named->expect_log(qr/MAI0032|not allowed/);
    $server{a}->token('a-good-token-1' => {sub => 'alice'});
    $server{$_}->token('b-good-token-1' => {sub => 'bob'}) for qw(a b);
    my $files = "<Files x.html>\nIntrospectServer b\n</Files>\n";
    my @tricks = (['only', $files], ['only', "<If \"true\">\nIntrospectServer b\n</If>\n"], ['only', "<FilesMatch .>\n<If \"true\">\nIntrospectServer a b\n</If>\n</FilesMatch>\n"],
        ['only', "AuthType Basic\nAuthBasicProvider introspect\nIntrospectServer b\n"],
        ['only', "IntrospectServer a\nIntrospectServer b\n"], ['both', "IntrospectServer a\n$files"], ['both', "IntrospectServer a\n<If \"true\">\nIntrospectServer b\n</If>\n"],
        ['own', "IntrospectServer b\n"], ['own', $files], ['own', "<If \"true\">\nIntrospectServer a b\n</If>\n"]);
    for my $i (0 .. $#tricks) {
        my ($dir, $text) = @{$tricks[$i]};
        $named->write_file("htdocs/$dir/$i/.htaccess", $text);
        $named->write_file("htdocs/$dir/$i/x.html", "x\n");
        my @headers = $text =~ /Basic/ ? (Authorization => 'Basic eDpiLWdvb2QtdG9rZW4tMQ==') : (Authorization => 'Bearer b-good-token-1');
        is($named->get("/$dir/$i/x.html", @headers)->{status}, 500, "$dir: " . join(' ', split ' ', $text) . ': brings nobody in');
    }
    $named->write_file('htdocs/both/in/.htaccess', "IntrospectServer a\n");
    $named->write_file('htdocs/both/in/deep/.htaccess', "<If \"true\">\nIntrospectServer b\n</If>\n");
    $named->write_file('htdocs/both/in/deep/x.html', "x\n");
    is($named->get_token('/both/in/deep/x.html', 'b-good-token-1')->{status}, 500, 'nor does one further in');
    is($server{b}->calls, 0, 'who is not trusted there sees no token');
    $named->write_file('htdocs/both/y/.htaccess', "<Files x.html>\nIntrospectServer b\n</Files>\n");
    $named->write_file('htdocs/both/y/x.html', "x\n");
    is($named->get_token('/both/y/x.html', 'b-good-token-1')->{status}, 200, 'but a file may have fewer');
    is($named->get_token('/both/y/x.html', 'a-good-token-1')->{status}, 401, 'of which the other is not one');
    is($server{a}->calls, 0, 'nor is it asked');
};

$httpd->write_file('htdocs/never/x.html', "x\n");
$httpd->expect_log(qr/MAI0034/);
is($httpd->get_token('/never/x.html', 'good-token-1')->{status}, 403, 'an expression that gives up refuses, under Require not too');
like($httpd->error_log, qr/MAI0034: Refused .*reached PCRE's limit/, 'and says so');

$httpd->write_file('htdocs/env/.htaccess', "Require expr osenv('SECRET_OF_HTTPD') != ''\n");
$httpd->write_file('htdocs/env/x.html', "x\n");
$httpd->write_file('htdocs/env/passed/.htaccess', qq{Require all granted\nPassEnv SECRET_OF_HTTPD\nHeader set X-Passed "%{SECRET_OF_HTTPD}e \${SECRET_OF_HTTPD}"\n});
$httpd->write_file('htdocs/env/passed/x.html', "x\n");
for my $again (1, 0) {
    is($httpd->get('/env/x.html')->{status}, 403, 'an expression finds no env: secret');
    my $answer = $httpd->get('/env/passed/x.html');
    is($answer->{status}, 200, 'who asks for it otherwise');
    unlike($answer->{head}, qr/env-secret/, 'does not get it either');
    $httpd->graceful if $again;    # which reads the secret again
}
done_testing;
