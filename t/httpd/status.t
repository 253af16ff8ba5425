# SPDX-License-Identifier: Apache-2.0
#
# What mod_status shows of us.
use strict;
use warnings;
use Test::More;
use AS;
use Httpd;

my $as = AS->new;
$as->token('seen-token-1' => {sub => 'a'});
my $httpd = Httpd->new(modules => ['status'], config => $as->config . <<'END');
<Location /status>
    SetHandler server-status
</Location>
Alias /ours %DIR%/htdocs/index.html
<Location /ours>
    AuthType Introspect
    Require valid-user
</Location>
END
$httpd->get_token('/ours', 'seen-token-1') for 1 .. 4;
$httpd->get_token('/ours', 'absent-token-1') for 1 .. 3;
my $text = $httpd->get('/status?auto')->{body};
my %number = (Hits => 3, NegativeHits => 2, Misses => 2, Asks => 2, Entries => 2, Stores => 2, Evictions => 0, Repairs => 0, Waiting => 0);
like($text, qr/^Introspect$_: $number{$_}$/m, "$_ with ?auto") for sort keys %number;
like($text, qr/^IntrospectEndpoint0: open 0 0$/m, 'the endpoint');
like($text, qr/^IntrospectBytes: [1-9]/m, 'bytes');
like($httpd->get('/status')->{body}, qr{<h2>Token introspection</h2>.*<td>Hits</td><td>3</td>}s, 'the page for people');
done_testing;
