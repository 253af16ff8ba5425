# SPDX-License-Identifier: Apache-2.0
#
# Those who attack the pages for administrators: clients whose text would be
# shown there, authors of .htaccess files with pages of their own, and floods of
# logout tokens.
use strict;
use warnings;
use JSON::PP;
use Test::More;
use AS;
use Httpd;
use Signer;

my @form = ('Content-Type' => 'application/x-www-form-urlencoded');
my @json = (Accept => 'application/json');

subtest 'nothing that a client chose is among the last refusals' => sub {
    my $as = AS->new;
    my $mark = 'chosen-by-client';
    $as->token("$mark-token" => {map { $_ => "$mark-claim" } qw(sub aud iss client_id username jti)});
    my $httpd = Httpd->new(config => $as->config . <<'END');
<Location /api>
    AuthType Introspect
    IntrospectAudience https://api.example
    Require scope read
</Location>
<Location /page>
    SetHandler introspect-status
    IntrospectAdmin On
</Location>
END
    Httpd::secret("$mark-unknown");
    my @headers = map { $_ => "$mark-header" } qw(User-Agent Referer Origin X-Forwarded-For Cookie);
    $httpd->request($_->[0], "/api/$mark-path?$mark-query", undef, @headers, Authorization => $_->[1])
        for ['GET', "Bearer $mark-token"], ['GET', "Bearer $mark-unknown"], ['NONSENSE', "Bearer $mark-token"], ['GET', "Bearer $mark token"], ['GET', "$mark-scheme x"];
    my $said = decode_json($httpd->get('/page', @json)->{body});
    is(scalar @{$said->{refusals}}, 5, 'five are shown');
    unlike($httpd->get('/page')->{body}, qr/$mark/, 'on the page nothing');
    unlike($httpd->get('/page', @json)->{body}, qr/$mark/, 'in JSON nothing');
    is($_->{place} =~ /httpd\.conf:\d+$/ ? 1 : 0, 1, 'the place is the configuration\'s') for @{$said->{refusals}};
};

subtest 'the author of a .htaccess has no page of his own' => sub {
    my $as = AS->new;
    $as->token('kept-token-1' => {sub => 'alice'});
    my $httpd = Httpd->new(allow_override => 'All', modules => ['rewrite', 'actions'], config => $as->config . "<Location />\nAuthType Introspect\nRequire valid-user\n</Location>\n");
    $httpd->get_token('/', 'kept-token-1');
    my $lines = sub {
        my ($handler) = @_;
        return ("SetHandler $handler", "AddHandler $handler .html", "AddType $handler .html", "ForceType $handler", "<Files *.html>\nSetHandler $handler\n</Files>",
            "RewriteEngine On\nRewriteRule . - [H=$handler]", "<If \"true\">\nSetHandler $handler\n</If>", "SetHandler \"expr=$handler\"");
    };
    for my $page (qw(purge status metrics)) {
        my $number = 0;
        for my $line ($lines->("introspect-$page")) {
            my $dir = "$page" . ++$number;
            $httpd->write_file("htdocs/$dir/index.html", 'x');
            $httpd->write_file("htdocs/$dir/.htaccess", "$line\n");
            my $answer = $page eq 'purge' ? $httpd->request('POST', "/$dir/index.html", 'token=kept-token-1', @form, Authorization => 'Bearer kept-token-1')
                : $httpd->get_token("/$dir/index.html", 'kept-token-1');
            isnt($answer->{body}, "Forgotten: 1\n", "$page, $line: forgets nothing");
            unlike($answer->{body}, qr/form_key|introspect_requests_total|Token introspection/, 'and shows nothing');
        }
    }
    $httpd->get_token('/', 'kept-token-1');
    is($as->calls('kept-token-1'), 1, 'what is remembered is remembered');
};

subtest 'a flood of logout tokens' => sub {
    my $as = AS->new;
    my $signer = Signer->new('one', 'other');
    $as->answer('/jwks' => {body => $signer->set('one')});
    $as->token('kept-token-1' => {sub => 'alice', iss => $as->base});
    my $httpd = Httpd->new(log_level => 'warn', config => $as->config . <<"END");
IntrospectJWKSURL @{[$as->base]}/jwks
IntrospectIssuer @{[$as->base]}
<Location />
    AuthType Introspect
    Require valid-user
</Location>
<Location /logout>
    SetHandler introspect-logout
    IntrospectLogoutAudience web
    AuthType None
    Require all granted
</Location>
<Location /metrics>
    SetHandler introspect-metrics
    IntrospectAdmin On
    AuthType None
    Require all granted
</Location>
END
    is($httpd->get_token('/', 'kept-token-1')->{status}, 200, 'a token');
    my $forged = sub {
        my ($kid) = @_;
        return Signer::jws({alg => 'RS256', typ => 'logout+jwt', kid => $kid}, Signer::logout($as), $signer->by('other'));
    };
    my @tokens = map { $forged->($_ % 3 == 0 ? 'one' : "kid-$_") } 1 .. 40;
    my $start = time;
    my %status;
    $status{$httpd->request('POST', '/logout', "logout_token=$_", @form)->{status}}++ for @tokens;
    is_deeply(\%status, {400 => 40}, 'each is refused');
    cmp_ok(scalar(grep { $_->{path} eq '/jwks' } $as->requests), '<=', 2 + (time - $start) / 10, 'the key set is not fetched for each');
    is(scalar(() = $httpd->error_log =~ /MAI0138/g), 0, 'none is a line of the log at warn');
    my $metrics = $httpd->get('/metrics')->{body};
    like($metrics, qr/^introspect_requests_total\{/m, 'the metrics');
    unlike($metrics, qr/^introspect_revocations_total\{kind="logout",outcome="done"\} [1-9]/m, 'know of no mark');
    is($httpd->get_token('/', 'kept-token-1')->{status}, 200, 'the token is good');
    is($as->calls('kept-token-1'), 1, 'and remembered');
};
done_testing;
