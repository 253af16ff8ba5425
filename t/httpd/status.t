# SPDX-License-Identifier: Apache-2.0
#
# What mod_status shows of us: each number, when what it counts happens.
use strict;
use warnings;
use Test::More;
use Time::HiRes qw(sleep);
use AS;
use Samples;

my $as = AS->new;
my $page = "<Location /status>\n    SetHandler server-status\n</Location>\n";

sub httpd {
    my ($config) = @_;
    my $server = $as->config;
    $server =~ s/^IntrospectEndpoint .*\n//m if $config =~ /^IntrospectEndpoint /m;
    return metered($as, $config, modules => ['status'], server => $server, page => $page);
}

sub numbers {
    my ($httpd) = @_;
    return $httpd->get('/status?auto')->{body} =~ /^Introspect(\w+): (\d+)$/mg;
}

subtest 'what usually happens' => sub {
    my $httpd = httpd('');
    $as->token('seen-token-1' => {sub => 'a'});
    $httpd->get_token('/ours', 'seen-token-1') for 1 .. 4;
    $httpd->get_token('/ours', 'absent-token-1') for 1 .. 3;
    my $text = $httpd->get('/status?auto')->{body};
    my %number = (Hits => 3, NegativeHits => 2, Misses => 2, Asks => 2, Entries => 2, Stores => 2, Evictions => 0,
        Repairs => 0, Waits => 0, Refreshes => 0, Stale => 0, RefusedFull => 0, RefusedPaced => 0, Waiting => 0);
    like($text, qr/^Introspect$_: $number{$_}$/m, "$_ with ?auto") for sort keys %number;
    like($text, qr/^IntrospectServer 127\.0\.0\.1:\d+-[0-9a-f]{10}: closed 0 0$/m, 'the server, by its name');
    like($text, qr/^IntrospectBytes: [1-9]/m, 'bytes');
    like($httpd->get('/status')->{body}, qr{<h2>Token introspection</h2>.*<td>Hits</td><td>3</td>}s, 'the page for people');
};

subtest 'waits and renewals' => sub {
    my $httpd = httpd("IntrospectCacheMaxAge 1s\n");
    $as->answer('slow-token-1' => {delay => 2, body => '{"active":true}'});    # all are there by then
    $httpd->parallel(map { ['/ours', Authorization => 'Bearer slow-token-1'] } 1 .. 5);
    $as->answer('slow-token-1' => {body => '{"active":true}'});
    my %number = numbers($httpd);
    is($number{Asks}, 1, 'five at once are one question');
    is($number{Waits}, 4, 'for which four wait');
    $httpd->wait_until(sub { $httpd->get_token('/ours', 'slow-token-1'); my %now = numbers($httpd); $now{Refreshes} },
        'a renewal', 60);
};

subtest 'what trouble does' => sub {
    my $httpd = httpd("IntrospectCacheMaxAge 1s\nIntrospectRefresh Off\nIntrospectCallsMax 1\nIntrospectStaleIfError 1min\nIntrospectTimeout 2s\n");
    $httpd->expect_log(qr/MAI00(?:41|42|56|57|59|60|70)/);
    $as->token('older-token-1' => {sub => 'a', exp => time + 600});
    is($httpd->get_token('/ours', 'older-token-1')->{status}, 200, 'a good token');
    $as->fault('hang');
    my @answers = $httpd->parallel(map { ['/ours', Authorization => "Bearer crowding-token-$_"] } 1 .. 5);
    is(scalar(grep { $_->{status} == 503 } @answers), 5, 'five unknown ones, while it hangs');
    my %number = numbers($httpd);
    cmp_ok($number{RefusedFull}, '>=', 3, 'of which some find no place');
    sleep 1;
    is($httpd->get_token('/ours', 'older-token-1')->{status}, 200, 'the good one serves on');
    %number = numbers($httpd);
    is($number{Stale}, 1, 'beyond its time');
    $as->fault('');
    $as->stop;
    $httpd->get_token('/ours', "unsent-token-$_") for 1 .. 3;
    $httpd->parallel(map { ['/ours', Authorization => "Bearer paced-token-$_"] } 1 .. 20);
    %number = numbers($httpd);
    cmp_ok($number{RefusedPaced}, '>=', 3, 'where it was the turn of others');
    like($httpd->get('/status?auto')->{body}, qr/^IntrospectServer \S+: open 0 0$/m, 'the server is silent');
    $as->start;
};

subtest 'a table that is too small' => sub {
    my $httpd = httpd("IntrospectCache shm:1M\n");
    $as->all({body => '{"active":true,"text":"' . 'x' x 60000 . '"}'});
    $httpd->get_token('/ours', "large-token-$_") for 1 .. 20;
    my %number = numbers($httpd);
    cmp_ok($number{Evictions}, '>=', 1, 'gives up answers');
    is($number{Evictions} + $number{Entries}, 20, 'and counts them');
    cmp_ok($number{Bytes}, '<=', $number{Capacity}, 'within its bounds');
};

subtest 'whose questions are counted' => sub {
    my @two = (AS->new, AS->new);
    $two[0]->stop;
    $two[1]->fault('hang');
    my $httpd = httpd("IntrospectEndpoint @{[map { $_->url } @two]}\n");
    $httpd->expect_log(qr/MAI004[12]/);
    my $socket = $httpd->connect;
    print $socket $httpd->compose('GET', '/ours', undef, Authorization => 'Bearer hanging-token-1');
    $httpd->wait_until(sub { $two[1]->calls }, 'the second endpoint to be asked');
    my $text = $httpd->get('/status?auto')->{body};
    is_deeply([$text =~ /^IntrospectServer \S+: (.*)$/mg], ['closed 1 0'], 'a question to the second endpoint counts for its server only');
    is_deeply([sort $text =~ /^IntrospectEndpoint \S+ (\S+): closed$/mg], [sort map { $_->url =~ m{//([^/]+)} } @two], 'both endpoints are shown');
    like($httpd->get('/status')->{body}, qr/closed, 1 questions under way, 0 requests in line/, 'as the page for people says');
    close $socket;
};

subtest 'what the configuration has no more is not shown' => sub {
    my $httpd = httpd('');
    my $config = $httpd->slurp('httpd.conf');
    $config =~ s/\/introspect$/\/other/m;
    $httpd->write_file('httpd.conf', $config);
    my ($old) = $httpd->get('/status?auto')->{body} =~ /^IntrospectServer (\S+): /m;
    $httpd->graceful;
    $httpd->wait_until(sub { $httpd->get('/status?auto')->{body} =~ /^IntrospectServer (?!\Q$old\E:)\S+: closed 0 0$/m }, 'the new server');
    unlike($httpd->get('/status?auto')->{body}, qr/\Q$old\E/, 'the old one is not shown');
};
done_testing;
