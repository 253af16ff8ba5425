# SPDX-License-Identifier: Apache-2.0
#
# SetHandler introspect-metrics: each metric, when what it counts happens; both
# formats, read by Prometheus's own tools.
use strict;
use warnings;
use Test::More;
use Time::HiRes qw(sleep time);
use AS;
use Samples;

my $as = AS->new;
sub httpd { return metered($as, @_) }

sub promtool {
    my ($text) = @_;
    open my $out, '>', "/tmp/metrics-$$.txt" or die $!;
    print $out $text;
    close $out or die $!;
    my $said = `promtool check metrics < /tmp/metrics-$$.txt 2>&1`;
    my $status = $?;
    unlink "/tmp/metrics-$$.txt";
    return $status == 0 ? '' : $said;
}

subtest 'what usually happens' => sub {
    my $httpd = httpd('');
    is(value(samples($httpd), 'introspect_requests_total'), undef, 'what never happened is left out');
    $as->token('metered-token-1' => {sub => 'a', scope => 'read'});
    $httpd->get_token('/ours', 'metered-token-1') for 1 .. 4;
    $httpd->get_token('/ours', 'absent-token-1') for 1 .. 3;
    $httpd->get_token('/ours/scope', 'metered-token-1');
    $httpd->get('/ours');
    $httpd->get_token('/ours', 'malformed token');
    my $now = samples($httpd);
    my %results = (granted => 4, inactive => 3, insufficient_scope => 1, no_token => 1, malformed => 1);
    is(value($now, 'introspect_requests_total', result => $_), $results{$_}, "requests: $_") for sort keys %results;
    is(value($now, 'introspect_requests_total'), 10, 'and no others');
    my %lookups = (hit => 4, negative_hit => 2, miss => 2);
    is(value($now, 'introspect_cache_lookups_total', result => $_), $lookups{$_}, "look-ups: $_") for sort keys %lookups;
    is(value($now, 'introspect_cache_lookups_total'), 8, 'and no others');
    my $endpoint = '127.0.0.1:' . ($as->url =~ /:(\d+)/)[0];
    is(value($now, 'introspect_as_requests_total', cause => 'miss', outcome => $_, endpoint => $endpoint), 1, "questions: $_")
        for qw(active inactive);
    is(value($now, 'introspect_as_request_duration_seconds_count', endpoint => $endpoint), 2, 'their times');
    is(value($now, 'introspect_as_request_duration_seconds_bucket', le => '+Inf'), 2, 'in buckets');
    cmp_ok(value($now, 'introspect_as_connections_opened_total'), '>=', 1, 'connections');
    cmp_ok(abs(time - value($now, 'introspect_as_last_success_timestamp_seconds')), '<', 60, 'the last success');
    is(value($now, 'introspect_breaker_state', state => 'closed'), 1, 'the breaker is closed');
    is(value($now, 'introspect_breaker_state', state => 'open'), 0, 'not open');
    is(value($now, 'introspect_cache_entries', space => 'active'), 1, 'an active answer');
    is(value($now, 'introspect_cache_entries', space => 'inactive'), 1, 'an inactive one');
    is(value($now, 'introspect_cache_stores_total'), 2, 'both were stored');
    is(value($now, 'introspect_as_in_flight'), 0, 'nothing is under way');
    cmp_ok(value($now, 'introspect_as_in_flight_limit'), '>=', 1, 'something may be');
    is(value($now, 'introspect_waiters'), 0, 'nobody is in line');
    cmp_ok(abs(time - value($now, 'introspect_secret_loaded_timestamp_seconds')), '<', 60, 'when the secret was read');
    is(value($now, 'introspect_build_info'), 1, 'what this is');
};

subtest 'GET and HEAD, and never stored' => sub {
    my $httpd = httpd('');
    my $answer = $httpd->get('/metrics');
    is($answer->header('Content-Type'), 'text/plain; version=0.0.4; charset=utf-8', 'text, without Accept');
    is($answer->header('Cache-Control'), 'no-store', 'no-store');
    is($httpd->request('HEAD', '/metrics')->{status}, 200, 'HEAD');
    is($httpd->request('HEAD', '/metrics')->{body}, '', 'without a body');
    is($httpd->request('POST', '/metrics', 'a=b')->{status}, 405, 'not POST');
    my %types = ('application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.2,*/*;q=0.1' => 'application/openmetrics-text; version=1.0.0; charset=utf-8',
        'text/plain;q=0.5,application/openmetrics-text;q=0.2' => 'text/plain; version=0.0.4; charset=utf-8',
        '*/*' => 'text/plain; version=0.0.4; charset=utf-8');
    is($httpd->get('/metrics', Accept => $_)->header('Content-Type'), $types{$_}, "Accept: $_") for sort keys %types;
};

subtest 'Prometheus reads both formats' => sub {
    my $httpd = httpd("IntrospectCache shm:1M\n");
    $as->all({body => '{"active":true,"text":"' . 'x' x 60000 . '"}'});
    $httpd->get_token('/ours', "large-token-$_") for 1 .. 20;
    $as->reset;
    $httpd->get_token('/ours', 'absent-token-1');
    my $text = $httpd->get('/metrics')->{body};
    like($text, qr/^introspect_cache_evicted_age_seconds_count\{space="active"\} [1-9]/m, 'the ages of what gave way');
    is(promtool($text), '', 'promtool check metrics');
    isnt(promtool($text . $text), '', 'which finds what is wrong');
    my $open = $httpd->get('/metrics', Accept => 'application/openmetrics-text')->{body};
    open my $python, '|-', '/usr/bin/python3', '-c', <<'END' or die $!;
import sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families
seen = set()
families = list(text_string_to_metric_families(sys.stdin.read()))
assert len(families) > 10, len(families)
for family in families:
    for sample in family.samples:
        series = (sample.name, tuple(sorted(sample.labels.items())))
        assert series not in seen, series
        seen.add(series)
assert any(name == 'introspect_requests_created' for name, labels in seen)
END
    print $python $open;
    ok(close $python, "python3-prometheus-client's OpenMetrics parser; no two series are equal");
    like($open, qr/^# UNIT introspect_as_request_duration_seconds seconds$/m, 'with units');
    like($open, qr/^# TYPE introspect_requests counter$/m, 'families without a suffix');
    like($open, qr/\n# EOF\n\z/, 'and an end');
};

subtest 'two realms of one host, two vhosts, and names do not collide' => sub {
    my $base = $as->base;
    my $client = ($as->config =~ /^(IntrospectClientID.*\n(?:IntrospectClientSecret.*\n)?)/m)[0];
    my $httpd = httpd(<<"END", server => '');
@{[$as->config]}
<Location /ours>
    IntrospectEndpoint $base/realms/one
    $client
</Location>
Alias /two %DIR%/htdocs/index.html
<Location /two>
    AuthType Introspect
    Require valid-user
    IntrospectEndpoint $base/realms/two
    $client
</Location>
<IntrospectServer named>
    IntrospectEndpoint $base/realms/three
    $client
    IntrospectIssuer https://three.example
</IntrospectServer>
Alias /three %DIR%/htdocs/index.html
<Location /three>
    AuthType Introspect
    Require valid-user
    IntrospectServer named
</Location>
END
    $httpd->get_token("/$_", 'absent-token-2') for qw(ours two three);
    $httpd->expect_log(qr/MAI00(?:54|66)/);
    my @series = grep {/^introspect_requests_total/} keys %{samples($httpd)};
    my %servers = map { /server="([^"]*)"/ => 1 } @series;
    is(scalar(keys %servers), 3, 'three servers') or diag "@series";
    ok($servers{named}, 'one by its name');
    is(scalar(grep {/^127\.0\.0\.1:\d+-[0-9a-f]{10}$/} keys %servers), 2, 'two of one host and port');
};

subtest 'key sets and revocations' => sub {
    my $httpd = httpd("IntrospectJWKSURL @{[$as->base]}/jwks\n<Location /keys>\n  SetHandler introspect-jwks\n</Location>\n"
        . "<Location /forget>\n  SetHandler introspect-purge\n  IntrospectAdmin On\n</Location>\n");
    $httpd->get('/keys');
    $httpd->request('POST', '/forget', 'token=any-token-1', 'Content-Type' => 'application/x-www-form-urlencoded');
    $httpd->expect_log(qr/MAI00(?:80|5\d|4\d|62)/);
    my $now = samples($httpd);
    is(value($now, 'introspect_jwks_refreshes_total'), 1, 'one fetch of the key set');
    is(value($now, 'introspect_revocations_total', kind => 'purge', outcome => 'done'), 1, 'one revocation');
};
done_testing;
