# SPDX-License-Identifier: Apache-2.0
#
# SetHandler introspect-metrics: what waits, renewals, reloads, trouble, parts of
# requests and a shared store count.
use strict;
use warnings;
use Test::More;
use Time::HiRes qw(sleep time);
use AS;
use Httpd;
use Samples;
use Store;

Store::patiently();

my $as = AS->new;
sub httpd { return metered($as, @_) }

subtest 'waits, renewals and reloads' => sub {
    my $httpd = httpd("IntrospectCacheMaxAge 1s\n");
    $as->answer('slow-token-1' => {delay => 2, body => '{"active":true}'});    # all are there by then
    $httpd->parallel(map { ['/ours', Authorization => 'Bearer slow-token-1'] } 1 .. 5);
    $as->answer('slow-token-1' => {body => '{"active":true}'});
    my $now = samples($httpd);
    is(value($now, 'introspect_cache_lookups_total', result => 'wait'), 4, 'four wait for the question of a fifth');
    is(value($now, 'introspect_wait_duration_seconds_count'), 4, 'which is measured');
    is(value($now, 'introspect_requests_total', result => 'granted'), 5, 'all are granted');
    $httpd->wait_until(sub { $httpd->get_token('/ours', 'slow-token-1');
        value(samples($httpd), 'introspect_refreshes_total', outcome => 'renewed') }, 'a renewal', 60);
    cmp_ok(value(samples($httpd), 'introspect_as_requests_total', cause => 'refresh', outcome => 'active'), '>=', 1, 'a question of its own cause');
    my $before = value(samples($httpd), 'introspect_requests_total', result => 'granted');
    $httpd->graceful;
    is(value(samples($httpd), 'introspect_requests_total', result => 'granted'), $before, 'a graceful restart keeps the counters');
};

subtest 'what trouble does' => sub {
    my $httpd = httpd("IntrospectCacheMaxAge 1s\nIntrospectRefresh Off\nIntrospectCallsMax 1\nIntrospectStaleIfError 1min\nIntrospectTimeout 2s\n");
    $httpd->expect_log(qr/MAI00(?:41|42|47|48|53|56|57|59|60|70)/);
    $as->token('older-token-1' => {sub => 'a', exp => int(time) + 600});
    is($httpd->get_token('/ours', 'older-token-1')->{status}, 200, 'a good token');
    my %outcomes = (500 => 'server_error', 429 => 'rate_limited', 401 => 'credentials', 404 => 'client_error', 200 => 'answer');
    for (sort keys %outcomes) {
        $as->answer("odd-token-$_" => {status => $_, body => '{}'});
        $httpd->get_token('/ours', "odd-token-$_");
        is(value(samples($httpd), 'introspect_as_requests_total', outcome => $outcomes{$_}), 1, "a question: $outcomes{$_}");
    }
    $httpd->expect_log(qr/MAI00(?:51|54)/);
    my $now = samples($httpd);
    is(value($now, 'introspect_requests_total', result => 'misconfigured'), 2, 'two say that we are misconfigured');
    is(value($now, 'introspect_requests_total', result => 'unavailable'), 3, 'three that it is unavailable');
    $as->fault('hang');
    $httpd->parallel(map { ['/ours', Authorization => "Bearer crowding-token-$_"] } 1 .. 5);
    cmp_ok(value(samples($httpd), 'introspect_refused_total', cause => 'limit'), '>=', 3, 'some find no place');
    is(value(samples($httpd), 'introspect_as_requests_total', outcome => 'timeout') >= 1, 1, 'a question: timeout');
    $httpd->get_token('/ours', 'older-token-1');
    is(value(samples($httpd), 'introspect_cache_lookups_total', result => 'stale'), 1, 'an older answer serves on');
    $as->fault('');
    $as->stop;
    $httpd->get_token('/ours', "unsent-token-$_") for 1 .. 3;
    $httpd->parallel(map { ['/ours', Authorization => "Bearer paced-token-$_"] } 1 .. 20);
    $now = samples($httpd);
    cmp_ok(value($now, 'introspect_refused_total', cause => 'breaker'), '>=', 3, 'others find it open');
    cmp_ok(value($now, 'introspect_as_requests_total', outcome => 'connect'), '>=', 3, 'questions: connect');
    is(value($now, 'introspect_breaker_state', state => 'open'), 1, 'the breaker is open');
    cmp_ok(value($now, 'introspect_breaker_transitions_total', to => 'open'), '>=', 1, 'it was opened');
    cmp_ok(value($now, 'introspect_as_requests_total', cause => 'probe'), '>=', 1, 'and questions are probes');
    cmp_ok(value($now, 'introspect_log_suppressed_total'), '>=', 1, 'lines of the log are left out');
    $as->start;
};

subtest 'the parts of a request count once' => sub {
    my $httpd = httpd(<<'END', modules => ['dir']);
DirectoryIndex index.html
ErrorDocument 401 /ours/none.html
Alias /folder %DIR%/htdocs
<Location /folder>
    AuthType Introspect
    Require valid-user
</Location>
<Location /folder/index.html>
    Require claim sub:a
</Location>
END
    $as->token('whole-token-1' => {sub => 'a'});
    is($httpd->get_token('/folder/', 'whole-token-1')->{status}, 200, 'a folder with its index');
    is(value(samples($httpd), 'introspect_requests_total'), 1, 'is one request');
    $as->answer('absent-token-3' => {body => '{"active":false}'});
    $httpd->get_token('/ours', 'absent-token-3');
    is(value(samples($httpd), 'introspect_requests_total', result => 'inactive'), 1, 'so is a refusal with an error document');
    is(value(samples($httpd), 'introspect_requests_total'), 2, 'and nothing else');
};

subtest 'a shared store' => sub {
    my $store = Store->new('redis');
    plan skip_all => $store->missing if $store->missing;
    my $httpd = httpd('IntrospectCache shm:8M ' . $store->text . "\nIntrospectCacheSecret " . Httpd::secret('metered-store-secret-of-32-bytes') . "\n",
        modules => [$store->module]);
    $as->token('kept-token-1' => {sub => 'a'});
    $httpd->get_token('/ours', 'kept-token-1') for 1 .. 2;
    $httpd->wait_until(sub { value(samples($httpd), 'introspect_store_operations_total', operation => 'store', outcome => 'done') }, 'one to be written');
    my $now = samples($httpd);
    cmp_ok(value($now, 'introspect_store_operations_total', operation => 'fetch', outcome => 'not_found'), '>=', 1, 'what is not there');
    is(value($now, 'introspect_store_up', store => 'redis'), 1, 'it is up');
    is(value($now, 'introspect_store_operation_duration_seconds_count', operation => 'store'), 1, 'and measured');
};
done_testing;
