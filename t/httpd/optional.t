# SPDX-License-Identifier: Apache-2.0
#
# What other modules are offered, used by another module.
use strict;
use warnings;
use Test::More;
use File::Temp qw(tempdir);
use AS;
use Httpd;

my $dir = tempdir(CLEANUP => 1);
chmod 0755, $dir;
my ($include) = map { chomp; $_ } `apxs -q INCLUDEDIR`;
chomp(my $flags = `apr-1-config --cppflags --includes | tr '\n' ' '`);
is(system("gcc -shared -fPIC $flags -I$include -I$Httpd::root/src/httpd -o $dir/mod_optional_test.so $Httpd::root/t/modules/mod_optional_test.c"),
    0, 'another module compiles with our header alone');
my $as = AS->new;
$as->token('offer-token-1' => {sub => 'alice', iss => 'https://as.example', aud => 'ours'});
my $httpd = Httpd->new(config => "LoadModule optional_test_module $dir/mod_optional_test.so\n" . $as->config . <<'END');
<Location /offer>
    SetHandler offer-test
</Location>
<LocationMatch ^/offer/(?:on|off)>
    SetHandler offer-test
    AuthType Basic
    AuthName x
    AuthBasicProvider introspect
    Require valid-user
</LocationMatch>
<Location /offer/off>
    IntrospectForwardToken Off
</Location>
<Location /offer/strict>
    SetHandler offer-test
    IntrospectIssuer https://other.example
</Location>
<Location /offer/patient>
    SetHandler offer-test
    IntrospectLeeway 50min
</Location>
END
my $text = $httpd->get('/offer?offer-token-1')->{body};
like($text, qr/^status 0 sub alice$/m, 'verify: a good token and its claims');
like($text, qr/^opaque 1 introspection 1 jwt 0 remote 1 rs256 0$/m, 'supports: what we do, and nothing else');
like($text, qr/^mint 1$/m, 'mint: refused, for it verifies and never issues');
like($httpd->get('/offer?absent-token-1')->{body}, qr/^status 401 sub -$/m, 'verify: an inactive token');
like($httpd->get('/offer?no%20token')->{body}, qr/^status 400 sub -$/m, 'verify: no token at all');
like($httpd->get('/offer?offer-token-1', 'X-Issuer' => 'https://evil.example')->{body}, qr/^status 401 sub -$/m, 'verify: the policy counts');
like($httpd->get('/offer?offer-token-1', 'X-Audience' => $_)->{body}, $_ eq 'ours' ? qr/^status 0 sub alice$/m : qr/^status 401 sub -$/m,
    "verify: the policy's audience, of which the token is" . ($_ eq 'ours' ? '' : ' not')) for qw(ours theirs);
my $asked = $as->calls('offer-token-1');
$httpd->get('/offer?offer-token-1');
is($as->calls('offer-token-1'), $asked, 'verify: what is remembered serves');
like($httpd->get('/offer?offer-token-1', 'X-Fresh' => 1)->{body}, qr/^status 0 sub alice$/m, 'verify: where the policy wants a fresh answer');
is($as->calls('offer-token-1'), $asked + 1, 'verify: the server is asked');
my @bare = ('X-No-Policy' => 1);
like($httpd->get('/offer/strict?offer-token-1', @bare)->{body}, qr/^status 401 sub -$/m, 'verify: without a policy that of the place counts');
like($httpd->get('/offer/strict?offer-token-1')->{body}, qr/^status 0 sub alice$/m, 'verify: one of zeros demands nothing');
$as->token('late-token-1' => {sub => 'alice', exp => time - 1800});
$as->token('old-token-1' => {sub => 'alice', exp => time - 7200});
like($httpd->get('/offer/patient?late-token-1', @bare)->{body}, qr/^status 0 /m, "verify: with the place's leeway");
like($httpd->get('/offer/patient?late-token-1')->{body}, qr/^status 401 /m, 'verify: or with none');
like($httpd->get('/offer/patient?late-token-1', 'X-Leeway' => -1)->{body}, qr/^status 0 /m, "verify: a leeway below zero is the place's");
like($httpd->get('/offer?old-token-1', 'X-Leeway' => 99999)->{body}, qr/^status 401 /m, 'verify: no leeway goes beyond an hour');
my %reason = ('offer-token-1' => '0 -', 'absent-token-1' => '401 MAI0022: .*not active', 'no%20token' => '400 MAI0021: ',
    'old-token-1' => '401 MAI0023: .*expired', '' => '400 MAI0021');
like($httpd->get("/offer?$_")->{body}, qr/^explained $reason{$_}/m, "explain: '$_'") for sort keys %reason;
like($httpd->get('/offer')->{body}, qr/^explained 401 MAI0020: there is no token$/m, 'explain: no token');
like($httpd->get('/offer/strict?offer-token-1', @bare)->{body}, qr/^explained 401 MAI0026: /m, 'explain: by the policy of the place');
my @basic = (Authorization => 'Basic eDpvZmZlci10b2tlbi0x');    # x:offer-token-1
like($httpd->get('/offer/on?x', @basic)->{body}, qr/^early Basic \S+ late Basic \S+$/m, 'credentials that another module noted, before and while somebody is authenticated');
like($httpd->get('/offer/off?x', @basic)->{body}, qr/^early - late -$/m, 'are gone from its notes under IntrospectForwardToken Off');
done_testing;
