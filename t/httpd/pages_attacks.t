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
use Admin;
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
            "RewriteEngine On\nRewriteRule . - [H=$handler]", "<If \"true\">\nSetHandler $handler\n</If>", "SetHandler %{tolower:\U$handler\E}");
    };
    for my $page (qw(purge status metrics)) {
        my $number = 0;
        for my $line ($lines->("introspect-$page")) {
            my $dir = "$page" . ++$number;
            $httpd->write_file("htdocs/$dir/index.html", 'x');
            $httpd->write_file("htdocs/$dir/.htaccess", "$line\n");
            if ($page eq 'purge') {
                my $answer = $httpd->request('POST', "/$dir/index.html", 'token=kept-token-1', @form, Authorization => 'Bearer kept-token-1');
                isnt($answer->{body}, "Forgotten: 1\n", "$page, $line: forgets nothing");
                next;
            }
            my $answer = $httpd->get_token("/$dir/index.html", 'kept-token-1');
            unlike($answer->{body}, qr/form_key|introspect_requests_total|Token introspection/, "$page, $line: shows nothing");
        }
    }
    $httpd->get_token('/', 'kept-token-1');
    is($as->calls('kept-token-1'), 1, 'what is remembered is remembered');
};

# The browser of an administrator runs a page of a site whose name leads here by
# now: to the browser both are one site, and the address is the administrator's.
subtest 'a name that leads here is not a name of this server (DNS rebinding)' => sub {
    my $as = AS->new;
    $as->token('rebound-token-1' => {sub => 'alice'});
    my $pages = join '', map {"<Location /$_>\nSetHandler introspect-$_\nIntrospectAdmin On\nAuthType None\nRequire all granted\n</Location>\n"} qw(status purge metrics);
    my $httpd = Httpd->new(modules => ['http2'], config => "Protocols h2c http/1.1\n" . $as->config . <<"END");
<VirtualHost *:%PORT%>
    ServerName admin.example
    ServerAlias other.example *.wild.example * *.*
    <Location />
        AuthType Introspect
        Require valid-user
    </Location>
    $pages
@{[Admin::place('/user', 'introspect-status', 'IntrospectAdmin On')]}
</VirtualHost>
END
    Admin::write_users($httpd);
    my $ask = sub {
        my ($line, $host, $body, @headers) = @_;
        my $socket = $httpd->connect;
        my $text = $httpd->compose(split(/ /, $line), $body, @headers);
        $text =~ s{^Host: .*\r\n}{defined $host ? "Host: $host\r\n" : ''}me;
        $text =~ s{ HTTP/1\.1}{ HTTP/1.0} if !defined $host;
        print $socket $text;
        return Httpd::Answer->new(Httpd::read_all($socket));
    };
    my @ours = ('admin.example', "admin.example:$httpd->{port}", 'admin.example:8443', 'Admin.EXAMPLE', 'admin.example.', 'other.example', 'a.wild.example',
        'localhost', 'LocalHost:80', '127.0.0.1', "127.0.0.1:$httpd->{port}", '192.0.2.7', '[::1]', "[::1]:$httpd->{port}", '[2001:db8::7]:80');
    my @foreign = ('evil.example', "evil.example:$httpd->{port}", 'EVIL.example.', 'admin.example.evil.example', 'evil-admin.example', 'wild.example', 'localhost.evil.example',
        '127.0.0.1.evil.example', 'evil');
    for ([200, @ours], [403, @foreign]) {
        my ($status, @names) = @$_;
        is($ask->('GET /status', $_)->{status}, $status, "the page, of '$_'") for @names;
        is($httpd->request2('GET', '/status', undef, Host => $_)->{status}, $status, "over HTTP/2, of '$_'") for @names;
    }
    is($ask->('GET /status')->{status}, 403, 'HTTP/1.0 without a name');
    is($ask->('GET http://evil.example/status', 'admin.example')->{status}, 403, 'the name in the URL counts');
    is($ask->('GET http://admin.example/status', 'evil.example')->{status}, 200, 'and it alone');

    $httpd->get_token('/', 'rebound-token-1');
    my @forget = ('token=rebound-token-1', @form, 'Sec-Fetch-Site' => 'same-origin');
    my $answer = $ask->('POST /purge', 'evil.example', @forget);
    is($answer->{status}, 403, 'nothing is forgotten');
    like($answer->{body}, qr/a name that ServerName or ServerAlias gives this server/, 'the answer says what to do');
    like($httpd->error_log, qr/MAI0081: Nothing was forgotten: 'evil\.example' is no name of this server, and nobody is authenticated: write ServerAlias with that name, or AuthType and Require/, 'so does the log');
    my ($key) = $ask->('GET /status', 'admin.example')->{body} =~ /name="?form_key"? value="?(\w+)/;
    ok($key, 'the form has a key');
    is($ask->('POST /status', 'evil.example', "action=forget&form_key=$key&$forget[0]", @forget[1 .. $#forget])->{status}, 403, 'nor by the form');
    $httpd->get_token('/', 'rebound-token-1');
    is($as->calls('rebound-token-1'), 1, 'it is still remembered');
    is($ask->('POST /purge', 'admin.example', @forget)->{status}, 200, 'but by a name of ours it is');
    my @admin = (Authorization => 'Basic YWRtaW46YWRtaW4tcGFzcw==');    # admin:admin-pass
    is($ask->('GET /user', 'evil.example', undef, @admin)->{status}, 200, 'a user may use any name');
    is($ask->('GET /metrics', 'evil.example')->{status}, 200, 'metrics, which tell no secret, are for any name');
};

subtest 'a flood of logout tokens' => sub {
    my $as = AS->new;
    my $signer = Signer->new('one', 'other');
    $as->answer('/jwks' => {body => $signer->set('one')});
    $as->token('kept-token-1' => {sub => 'alice', iss => $as->base});
    my $httpd = Httpd->new(log_level => 'warn', config => $as->config . <<"END");
IntrospectCacheMaxAge 10min
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
