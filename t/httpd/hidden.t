# SPDX-License-Identifier: Apache-2.0
#
# Every kind of secret, from every source, and all places where one could show:
# mod_info, a dump of the configuration, mod_status, our own pages, the log at
# its highest level, command lines, and what programs inherit.
use strict;
use warnings;
use File::Temp qw(tempdir);
use MIME::Base64 qw(encode_base64 encode_base64url);
use Test::More;
use AS;
use Httpd;

my $dir = tempdir('introspect-hidden-XXXXXX', TMPDIR => 1, CLEANUP => 1);
chmod 0755, $dir;
my %secret = map { $_ => "hidden-$_-8d1f2c" } qw(literal file exec env previous bearer passphrase proxy header cache long);
$secret{long} .= '-and-so-on-until-it-is-long-enough';
sub keep { my ($name, $text, $mode) = @_; open my $out, '>', "$dir/$name" or die; print $out $text; close $out; chmod $mode, "$dir/$name"; return "$dir/$name" }
sub slurp { my ($path) = @_; open my $in, '<', $path or return ''; local $/; return scalar <$in> // '' }
sub openssl { system("cd $dir && openssl $_[0] >/dev/null 2>&1") == 0 or die "openssl $_[0]" }

keep('secret', "$secret{file}\n", 0600);
keep($_->[0], "#!/bin/sh\n{ tr '\\0' ' ' < /proc/\$\$/cmdline; env; } >> $dir/seen\necho '$_->[1]'\n", 0700) for ['secret.sh', $secret{exec}], ['passphrase.sh', $secret{passphrase}];
openssl("genpkey -algorithm ED25519 -out key.pem");
openssl("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout own.key -out own.crt -days 30 -subj /CN=rs");
openssl("pkcs12 -export -inkey own.key -in own.crt -passout pass:$secret{passphrase} -out own.p12");
my $d = 'jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI';
my $jwk = qq({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","d":"$d","kid":"k"});
($secret{pem}) = slurp("$dir/key.pem") =~ /\n(\S+)\n/;
($secret{certificate}) = slurp("$dir/own.key") =~ /\n(\S+)\n/;
$secret{jwk} = $d;
Httpd::secret($_) for values %secret;

my $as = AS->new(credentials => '');
$as->all({body => '{"active":true,"sub":"alice"}'});
my %places = (
    literal => ["IntrospectClientSecret $secret{literal}"],
    file => ["IntrospectClientSecret file:$dir/secret"],
    exec => ["IntrospectClientSecret \"exec:$dir/secret.sh\""],
    env => ['IntrospectClientSecret env:HIDDEN_SECRET'],
    two => ["IntrospectClientSecret $secret{literal} $secret{previous}", 'IntrospectClientAuth client_secret_post'],
    long => ['IntrospectClientAuth client_secret_jwt', "IntrospectClientSecret $secret{long}"],
    bearer => ['IntrospectClientAuth bearer', "IntrospectBearerToken $secret{bearer}"],
    jwk => ['IntrospectClientAuth private_key_jwt', "IntrospectClientKey '$jwk'"],
    pem => ['IntrospectClientAuth private_key_jwt', "IntrospectClientKey file:$dir/key.pem"],
    header => ["IntrospectClientSecret $secret{literal}", "IntrospectHeader X-Api-Key $secret{header}"],
    proxy => ["IntrospectClientSecret $secret{literal}", 'IntrospectProxy http://127.0.0.1:1', "IntrospectProxyCredentials user:$secret{proxy}"],
    pkcs12 => ['IntrospectClientAuth tls_client_auth', "IntrospectTLSCertificate $dir/own.p12", "IntrospectTLSCertificatePassphrase \"exec:$dir/passphrase.sh\""],
    shown => ["IntrospectClientSecret $secret{literal}", "IntrospectTLSCertificate $dir/own.p12", "IntrospectTLSCertificatePassphrase $secret{passphrase}"],
);
sub place {
    my ($name, @lines) = @_;
    my $url = $name eq 'pkcs12' ? 'https://127.0.0.1:1/' : $as->url;
    return join "\n", "<Location /cgi/env.pl/$name>", "IntrospectEndpoint $url", 'IntrospectClientID rs', 'AuthType Introspect', 'Require valid-user', @lines, "</Location>\n";
}

local $ENV{HIDDEN_SECRET} = $secret{env};
my $httpd = Httpd->new(modules => [qw(info status)], log_level => 'trace8', config => <<"END" . join '', map { place($_, @{$places{$_}}) } sort keys %places);
ExtendedStatus On
IntrospectCacheSecret $secret{cache}
<Location /info>
    SetHandler server-info
</Location>
<Location /status>
    SetHandler server-status
</Location>
<Location /ours>
    SetHandler introspect-status
    IntrospectAdmin On
</Location>
<Location /metrics>
    SetHandler introspect-metrics
</Location>
<Location /keys>
    SetHandler introspect-client-jwks
    IntrospectEndpoint @{[$as->url]}
    IntrospectClientID rs
    IntrospectClientAuth private_key_jwt
    IntrospectClientKey '$jwk'
</Location>
END
$httpd->expect_log(qr/MAI0041/);

# All secrets, as they are and as they are sent or written elsewhere.
my %forms;
for my $name (keys %secret) {
    my $text = $secret{$name};
    $forms{$_} = $name for $text, encode_base64($text, ''), encode_base64("rs:$text", ''), encode_base64("user:$text", ''), encode_base64url($text), unpack('H*', $text);
}
sub shown { my ($text) = @_; my %found = map { $forms{$_} => 1 } grep { index($text, $_) >= 0 } keys %forms; return join ' ', sort keys %found }
sub hides { my ($what, $text, $has) = @_; like($text, $has, "$what is there"); is(shown($text), '', 'and shows no secret'); return }

is(shown("x $secret{proxy} y " . encode_base64("rs:$secret{file}", '')), 'file proxy', 'what shows would be found');
my %answer = map { $_ => $httpd->get_token("/cgi/env.pl/$_", "any-token-of-$_") } sort keys %places;
is($answer{$_}{status}, $_ =~ /proxy|pkcs12/ ? 503 : 200, "$_: asked") for sort keys %places;
my $sent = join "\n", map { $_->{head} . "\n" . $_->{body} } $as->requests;
ok(index($sent, $_ =~ /bearer|header/ ? $secret{$_} : encode_base64("rs:$secret{$_}", '')) >= 0, "sent to the server: $_") for qw(literal file exec env bearer header);

hides("the environment of a program at $_", $answer{$_}{body}, qr/"GATEWAY_INTERFACE"/) for grep { $answer{$_}{status} == 200 } sort keys %places;
hides('mod_info', $httpd->get('/info')->{body}, qr/IntrospectProxyCredentials/);
hides('mod_status', join('', map { $httpd->get("/status$_")->{body} } '', '?auto'), qr/Server uptime/i);
hides('introspect-status', join('', map { $httpd->get('/ours', Accept => $_)->{body} } 'text/html', 'application/json'), qr/127\.0\.0\.1/);
hides('introspect-metrics', $httpd->get('/metrics')->{body}, qr/introspect_/);
hides('introspect-client-jwks', $httpd->get('/keys')->{body}, qr/f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU/);
my @processes = ($httpd->{pid}, $httpd->children);
cmp_ok(scalar @processes, '>=', 3, 'the parent and its children');
hides('a process list', join("\n", map { my $pid = $_; map { slurp("/proc/$pid/$_") } qw(cmdline comm) } @processes), qr/httpd\.conf/);
hides('what the programs of exec: see', slurp("$dir/seen"), qr/secret\.sh(?s:.*)passphrase\.sh|passphrase\.sh(?s:.*)secret\.sh/);
for my $mode (['-t', '-D', 'DUMP_CONFIG'], ['-t', '-D', 'DUMP_INTROSPECT'], ['-S']) {
    $httpd->run(@$mode);
    hides("@$mode", $httpd->{output}, qr/\S/);
}
$httpd->graceful;
hides('the log at trace8, over a reload', $httpd->error_log, qr/auth_introspect:debug/);

for my $case (['a wrong login of the proxy', "IntrospectProxy http://127.0.0.1:1\nIntrospectProxyCredentials $secret{proxy}"],
    ['a wrong header', "IntrospectHeader \"X Y\" $secret{header}"],
    ['a short secret', "IntrospectClientAuth client_secret_jwt\nIntrospectClientSecret $secret{file}"],
    ['a wrong key', "IntrospectClientAuth private_key_jwt\nIntrospectClientKey '{\"kty\":\"EC\",\"d\":\"$d\"}'"],
    ['a wrong passphrase', "IntrospectClientSecret x\nIntrospectTLSCertificate $dir/own.p12\nIntrospectTLSCertificatePassphrase $secret{exec}"]) {
    my $said = Httpd->refusal(config => place('x', $case->[1])) // 'it started';
    like($said, qr/Introspect\w+/, "$case->[0] stops the start");
    is(shown($said), '', 'and shows no secret');
}
done_testing;
