# SPDX-License-Identifier: Apache-2.0
#
# No text of a client becomes a label: thousands of requests with tokens,
# subjects, paths and hosts of their own make no series more than a few did. And
# a hit counts what it counted before there was a page: its result and its
# look-up.
use strict;
use warnings;
use MIME::Base64 qw(encode_base64 encode_base64url);
use Test::More;
use AS;
use Httpd;
use Samples;

my $rounds = 200;
my $as = AS->new;
my $base = $as->base;

sub place { my ($path, @lines) = @_; return join "\n", "Alias /$path %DIR%/htdocs/index.html", "<Location /$path>", 'AuthType Introspect', @lines, "</Location>\n" }

my $httpd = Httpd->new(log_level => 'warn', config => <<"END");
@{[$as->config]}
IntrospectTimeout 30s
IntrospectRefresh Off
LimitRequestFields 200
<IntrospectServer named>
    @{[$as->config]}
    IntrospectIssuer https://named.example
</IntrospectServer>
<VirtualHost *:%PORT%>
    ServerName localhost
    ServerAlias *
    @{[place('ours', 'Require valid-user')]}
    @{[place('scope', 'Require scope write')]}
    @{[place('aud', 'IntrospectAudience https://api.example', 'Require valid-user')]}
    @{[place('named', 'IntrospectServer named', 'Require valid-user')]}
    @{[place('query', 'IntrospectTokenFrom query cookie:session', 'Require valid-user')]}
    @{[place('origin', 'IntrospectOrigins https://app.example', 'Require valid-user')]}
    @{[place('optional', 'IntrospectOptional On', 'Require all granted')]}
    @{[place('mcp', 'IntrospectMCP On', 'Require mcp-tool echo')]}
    @{[place('basic', 'IntrospectTokenFrom basic', 'Require valid-user')]}
    <Location /metrics>
        SetHandler introspect-metrics
    </Location>
</VirtualHost>
END

# One request of each kind, all of whose text is this client's own.
sub requests {
    my ($mark) = @_;
    $as->token("$mark-token", {map { $_ => "$mark-$_" } qw(sub client_id username scope aud iss jti sid acr)});
    my @good = (Authorization => "Bearer $mark-token");
    my $jwt = join '.', map { encode_base64url($_) } '{"alg":"RS256"}', qq({"iss":"https://$mark.example"}), 'sig';
    my @headers = map { $_ => "$mark-header" } qw(User-Agent Referer X-Forwarded-For X-Forwarded-Host Forwarded X-Request-Id Mcp-Session-Id);
    return (
        ['GET', "/ours/$mark?$mark=$mark", @good, @headers], ['GET', "http://$mark.example:8080/ours", @good], ['GET', '/ours', Authorization => "Bearer $mark-unknown"],
        ['GET', '/ours', Authorization => "Bearer $mark token"], ['GET', '/ours', Authorization => "$mark x"], ['GET', "/ours/$mark", @headers],
        ['GET', '/scope', @good], ['GET', '/aud', @good], ['GET', '/named', Authorization => "Bearer $jwt"], ['GET', '/named', @good], ["M-$mark", '/ours', @good],
        ['GET', "/query?access_token=$mark-token"], ['GET', '/query', Cookie => "session=$mark-token"], ['GET', '/origin', Origin => "https://$mark.example", @good],
        ['GET', "/optional?$mark"], ['GET', '/optional', @good], ['GET', '/basic', Authorization => 'Basic ' . encode_base64("$mark:$mark-token", '')],
        ['POST', '/mcp', 'Mcp-Method' => "$mark/call", 'Mcp-Name' => $mark, 'MCP-Protocol-Version' => '2026-07-28', @good],
    );
}

# Their statuses.
sub round {
    my ($mark) = @_;
    return join ' ', map { my ($method, $path, @headers) = @$_; $httpd->request($method, $path, $method eq 'POST' ? '{}' : undef, @headers)->{status} } requests($mark);
}

my @results = qw(granted guest no_token malformed inactive insufficient_scope audience origin);

my $first = round('chosen-0');
my $few = samples($httpd);
is(value($few, 'introspect_requests_total', result => $_) ? 1 : 0, 1, "a client can be $_") for @results;
my %statuses;
$statuses{round("chosen-$_")}++ for 1 .. $rounds;
is_deeply(\%statuses, {$first => $rounds}, 'each client is answered as the first one');
my $many = samples($httpd);
cmp_ok(value($many, 'introspect_requests_total'), '>', 15 * $rounds, 'thousands of requests were counted');
my $more = (keys %$many) - keys %$few;
cmp_ok($more, '<', 30, 'and make no series for each') or diag join "\n", grep { !exists $few->{$_} } sort keys %$many;
note(scalar(keys %$few) . " series, $more more after $rounds rounds");
unlike(join("\n", keys %$many), qr/chosen/, 'none has the text of a client');
my %servers = map { /server="([^"]*)"/ ? ($1 => 1) : () } keys %$many;
my $port = ($as->url =~ /:(\d+)/)[0];
like(join(' ', sort keys %servers), qr/^127\.0\.0\.1:$port(?:-[0-9a-f]{10})? named$/, 'servers are those of the configuration');

# What has changed between two pages, and by how much.
sub change {
    my ($before, $after) = @_;
    return {map { $_ => $after->{$_} - ($before->{$_} // 0) } grep { $after->{$_} != ($before->{$_} // 0) } keys %$after};
}
for (['good-token-1', 200, 'hit', 'granted'], ['unknown-token-1', 401, 'negative_hit', 'inactive']) {
    my ($token, $status, $lookup, $result) = @$_;
    $as->token($token, {sub => 'a'}) if $status == 200;
    $httpd->get_token('/ours', $token);
    my $before = samples($httpd);
    is(scalar(grep { $httpd->get_token('/ours', $token)->{status} == $status } 1 .. 50), 50, "fifty times a $lookup");
    my $change = change($before, samples($httpd));
    delete @$change{grep {/^introspect_log_suppressed_total/} keys %$change};    # lines of refusals
    is_deeply([sort map {s/\{.*//r} keys %$change], ['introspect_cache_lookups_total', 'introspect_requests_total'], "a $lookup counts look-up and result, and nothing else") or diag explain $change;
    is(value($change, 'introspect_cache_lookups_total', result => $lookup), 50, 'each once');
    is(value($change, 'introspect_requests_total', result => $result), 50, 'both');
}
done_testing;
