# SPDX-License-Identifier: Apache-2.0
#
# Each of conf-examples starts and does what it says.
use strict;
use warnings;
use Test::More;
use File::Temp qw(tempdir);
use AS;
use Httpd;
use Signer;

my $as = AS->new(credentials => '');
my $backend = AS->new(credentials => '');
my $proxy = AS->new(credentials => '', path => $as->url);    # a request to a proxy names the whole URL
my $good = {sub => 'alice', username => 'alice', client_id => 'app', scope => 'read write openid git reports admin members',
    aud => ['https://api.example', 'https://git.example', 'https://app.example', 'https://members.example', 'https://partners.example'], iss => 'https://as.example', exp => time + 600};
$good->{scope} .= ' mcp';
push @{$good->{aud}}, 'https://mcp.example/mcp';
$as->token('good-token-1' => $good);
$as->tell(answer => "/$_/introspect" => {body => JSON::PP->new->encode({active => JSON::PP::true, %$good})}) for qw(partners devices node2);
my $signer = Signer->new('one');
$as->tell(answer => '/signed/jwks' => {body => $signer->set('one')});
$as->tell(answer => '/signed/introspect' => {type => 'application/token-introspection+jwt', body => Signer::jws({alg => 'RS256', typ => 'token-introspection+jwt', kid => 'one'},
    JSON::PP->new->encode({iss => $as->base, aud => 'rs', iat => time, token_introspection => {active => JSON::PP::true, %$good}}), $signer->by('one'))});
my $mtls = AS->new(credentials => '', tls => 'good', client_ca => 'any');
$_->token('good-token-1' => $good) for $proxy, $mtls;
$backend->all({body => 'backend'});
my $dir = tempdir(CLEANUP => 1);
for (qw(client-secret post-secret bearer-token cache-secret redis-password api-key proxy-login key-passphrase)) {
    open my $file, '>', "$dir/$_" or die;
    print $file "secret:of-the-example-$_\n";
}
system("openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out $dir/client-key.pem 2>/dev/null") == 0 or die;
AS::make_certificates($dir);
system("cp $dir/good.pem $dir/rs.pem; openssl rsa -in $dir/good.key -aes128 -passout file:$dir/key-passphrase -out $dir/rs.key 2>/dev/null; cp @{[$mtls->ca_file]} $dir/as-ca.pem") == 0 or die;
mkdir "$dir/git";
mkdir "$dir/docs";
mkdir "$dir/docs/members";
{ open my $file, '>', "$dir/docs/members/index.html"; print $file "members\n" }
{
    open my $in, '<', "$Httpd::root/conf-examples/htaccess.conf" or die;
    open my $out, '>', "$dir/docs/members/.htaccess" or die;
    while (<$in>) { print $out "$1\n" if /^#\| ?(.*)/ }
}
system("chmod -R a+rX $dir");
chmod 0600, map {"$dir/$_"} qw(client-secret post-secret bearer-token cache-secret redis-password api-key proxy-login key-passphrase client-key.pem);

# the first protected path of each, and whether a good token gets beyond 401
my %path = ('minimal' => '/api', 'scopes-and-claims' => '/api', 'git-over-basic' => '/git/x', 'reverse-proxy' => '/app',
    'htaccess' => '/members/', 'several-servers' => '/staff', 'cache-and-calm' => '/api', 'through-a-proxy' => '/api', 'shared-store' => '/api',
    'signed-assertions' => '/api', 'client-certificate' => '/api', 'auth_introspect' => undef);
$path{mcp} = '/mcp';
$path{'signed-answers'} = '/api';
# those of one kind of server are in servers.t
my @examples = grep { !/^server-/ } map {m{([^/]+)\.conf$}} glob "$Httpd::root/conf-examples/*.conf";
cmp_ok(scalar @examples, '>', 5, 'there are examples');
for my $name (@examples) {
    ok(exists $path{$name}, "$name is known to this test") or next;
    my $httpd = Httpd->new(modules => [qw(proxy proxy_http headers rewrite status)], allow_override => 'AuthConfig', config => <<"END");
Define AS_URL @{[$as->base]}
Define AS_TLS_URL @{[$mtls->base]}
Define PROXY_URL @{[$proxy->base]}
Define AS_PIN sha256//@{['A' x 43]}=
Define BACKEND_URL @{[$backend->base]}
Define CONF_DIR $dir
Define DOC_DIR $dir/docs
Define GIT_ROOT $dir/git
<Directory "$dir">
    Require all granted
</Directory>
Include "$Httpd::root/conf-examples/$name.conf"
END
    $httpd->expect_log(qr/MAI0071/) if $name eq 'shared-store';
    $httpd->expect_log(qr/MAI0063/) if $name eq 'several-servers';    # no metadata here
    my $path = $path{$name} or next;
    is($httpd->get($path)->{status}, 401, "$name: no token is refused at $path");
    my @headers = $name eq 'git-over-basic' ? (Authorization => 'Basic eDpnb29kLXRva2VuLTE=') : (Authorization => 'Bearer good-token-1');
    my $status = $httpd->get($path, @headers)->{status};
    ok($status != 401 && $status != 500 && $status != 503, "$name: a good one is taken ($status)");
}
done_testing;
