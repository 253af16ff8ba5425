# SPDX-License-Identifier: Apache-2.0
#
# All faults of an authorization server in one table: what the client gets, what
# the log says, how long it takes, and that it is over when the fault is. Where
# a fault has a body, that body says "active" of every token.
use strict;
use warnings;
use File::Copy qw(copy);
use JSON::PP;
use Test::More;
use Time::HiRes qw(time);
use AS;
use Httpd;

# Each server has two places. Where a fault takes time, IntrospectTimeout's two
# numbers are short, and a busy machine may add to them, but less than makes the
# usual 6 s; elsewhere time is no matter.
my ($total, $connect, $grace) = (1.5, 0.8, 4);
my @long = (60, 60);
my $yes = '{"active":true,"sub":"a"}';
my $n = 0;
sub unknown { return 'unknown-token-' . ++$n }

sub server {
    my $as = AS->new(@_);
    $as->all({body => $yes});
    return $as;
}

sub place {
    my ($name, $config, @times) = @_;
    return "<Location /$name>\nAuthType Introspect\nRequire valid-user\n${config}IntrospectTimeout "
        . join(' ', map { 1000 * $_ . 'ms' } @times) . "\n</Location>\nAlias /$name %DIR%/htdocs/index.html\n";
}

sub both { my ($name, $config) = @_; return place("$name-short", $config, $total, $connect) . place($name, $config, @long) }

# All in one process: each of them paces its lines by itself.
sub httpd { return Httpd->new(mpm => 'event', limits => "ServerLimit 1\nThreadsPerChild 32\nMaxRequestWorkers 32", @_) }

# ---- the same failure many times: now, and looked at 10 s later ---------------
my %many = (page => server(), down => server());
$many{page}->fault('html');
$many{down}->all({status => 500, body => $yes});
my $calm = httpd(config => join '', map { place($_, $many{$_}->config, @long) } sort keys %many);
$calm->expect_log(qr/MAI00(?:47|49|59|60)/);
my %asked = (page => 0, down => 0);
sub ask_again { my ($name) = @_; $asked{$name}++; return $calm->get_token("/$name", unknown())->{status} }

sub lines { my ($log, $pattern) = @_; return grep {/:(?:warn|error)\].*(?:$pattern)/} split /\n/, $log }

my $flood_began = time;
for my $name (sort keys %many) {
    my %seen;
    $seen{ask_again($name)}++ for 1 .. 60;
    is_deeply(\%seen, {503 => 60}, "60 tokens, $name: each gets 503");
}
# a slow machine may need longer than the 10 s between two lines
my $turns = 1 + int((time - $flood_began) / 10);
cmp_ok(scalar(lines($calm->error_log, 'MAI0049')), '<=', $turns, 'an answer that cannot be used is told once');
is(scalar($many{page}->calls), 60, 'of 60 questions');
cmp_ok(scalar(lines($calm->error_log, 'MAI0047')), '<=', $turns, 'a status is told once');
is(scalar($many{down}->calls), 60, 'of 60 questions, too');
cmp_ok(scalar(lines($calm->error_log, 'MAI0059')), '<=', 2 * $turns, 'and that each is asked less is told at a pace');

# ---- the table ---------------------------------------------------------------
my $plain = server();
my %tls = map { $_ => server(tls => $_, in_time => 1) } qw(good expired wrong-name);
$tls{stranger} = server(tls => 'good', in_time => 1);
my $nobody = "IntrospectEndpoint https://nothing.invalid/introspect\nIntrospectClientID rs\nIntrospectClientSecret rs-secret-1\n";
my $httpd = httpd(config => join '', both('dns', $nobody), both('plain', $plain->config),
    map { both($_, $tls{$_}->config . 'IntrospectTLSCAFile ' . $tls{$_ eq 'stranger' ? 'good' : $_}->ca_file . "\n") } sort keys %tls);
$httpd->expect_log(qr/MAI00(?:4|5)\d|MAI006[067]/);

# A fault of the server in this place, from now until it ends.
sub scripted {
    my ($fault) = @_;
    return (in => 'plain', begin => sub { $plain->fault($fault) }, end => sub { $plain->fault('') });
}

sub instead {
    my ($status, %answer) = @_;
    return scripted('instead:' . JSON::PP->new->ascii->encode({status => $status, body => $yes, %answer}));
}

# A certificate that is replaced by a good one.
sub certificate {
    my ($place) = @_;
    my $as = $tls{$place};
    return (in => $place, end => sub {
        if ($place eq 'stranger') { copy("$tls{good}{dir}/good.$_", "$as->{dir}/good.$_") or die $! for qw(pem key) }
        $as->stop;
        $as->{tls} = 'good';
        $as->start;
    });
}

my @unavailable = (status => 503);
my @wrong = (status => 500);
my @well = (status => 200);
my $status_line = qr/it answered HTTP/;
my @table = (
    'an unknown host name' => {in => 'dns', @unavailable, id => '004[02]', waits => 'perhaps', limit => $connect,
        url => 'https://nothing.invalid/introspect', words => qr/host name/},
    'refuses connections' => {in => 'plain', begin => sub { $plain->stop }, end => sub { $plain->start }, @unavailable,
        id => '0041', words => qr/could not connect.*127\.0\.0\.1 port \d+/},
    'accepts and hangs' => {scripted('hang'), @unavailable, id => '0042', waits => 'all', limit => $total,
        words => qr/timed out while waiting for the response.*gave up after \d+ ms/},
    'dribbles' => {scripted('dribble'), @unavailable, id => '0042', waits => 'all', limit => $total,
        words => qr/timed out while (?:waiting for|reading) the response/},
    'hangs in TLS' => {in => 'good', begin => sub { $tls{good}->fault('hang_tls') }, end => sub { $tls{good}->fault('') },
        @unavailable, id => '0042', waits => 'all', limit => $connect, words => qr/timed out in the TLS handshake/},
    'a certificate that has expired' => {certificate('expired'), @unavailable, id => '0043', words => qr/certificate has expired/},
    'a certificate for another name' => {certificate('wrong-name'), @unavailable, id => '0043',
        words => qr/no alternative certificate subject name matches target host name '127\.0\.0\.1'/},
    'a certificate of an unknown CA' => {certificate('stranger'), @unavailable, id => '0043',
        words => qr/certificate problem: (?:unable to get local issuer certificate|certificate signature failure)/},
    'closes without a word' => {scripted('close'), @unavailable, id => '0045', words => qr/the HTTP response is incomplete: Empty reply/},
    'closes in the answer' => {scripted('cut'), @unavailable, id => '0045', words => qr/the HTTP response is incomplete: .*bytes remaining/},
    'closes in the header' => {scripted('raw:HTTP/1.1 200'), @unavailable, id => '0045', words => qr/the HTTP response is incomplete/},
    'announces more than it sends' => {scripted('short'), @unavailable, id => '0045', words => qr/the HTTP response is incomplete: .*100 bytes remaining/},
    'garbage for chunks' => {scripted('chunked'), @unavailable, id => '0045', words => qr/the HTTP response is incomplete/},
    'does not speak HTTP' => {scripted("raw:\x16\x03\x01\x02 $yes\r\n\r\n$yes"), @unavailable, id => '0045', words => qr/the HTTP response is incomplete/},
    'an answer of a GiB' => {scripted('endless'), @unavailable, id => '0044', words => qr/too large: a body of more than 65536 bytes/},
    '100,000 members' => {scripted('members:100000'), @unavailable, id => '0044', words => qr/too large/},
    '5,000 members' => {scripted('members:5000'), @unavailable, id => '0050', words => qr/cannot be used: .*members/},
    '10,000 deep' => {scripted('deep:10000'), @unavailable, id => '0050', words => qr/cannot be used: .*deep/},
    'not UTF-8' => {instead(200, body => "{\"active\":true,\"sub\":\"\xff\"}"), @unavailable, id => '0050', words => qr/cannot be used: .*UTF-8/},
    'a member twice' => {instead(200, body => '{"active":true,"active":true}'), @unavailable, id => '0050', words => qr/cannot be used: .*a duplicate member/},
    'text/html' => {scripted('html'), @unavailable, id => '0049', words => qr{'text/html', not application/json}},
    'status 204' => {instead(204, body => ''), @unavailable, id => '0047', words => qr/$status_line 204/},
    map({ ("status $_" => {instead($_), @unavailable, id => '0047', words => qr/$status_line $_/}) } 500, 502, 503),
    'status 429' => {instead(429), @unavailable, id => '0048', words => qr/too many requests \(HTTP 429\)/},
    'status 429 that names a time' => {instead(429, headers => ['Retry-After: 2']), @unavailable, retry_after => qr/^2$/,
        id => '0048', words => qr/too many requests \(HTTP 429\)/},
    map({ ("status $_" => {instead($_), @wrong, id => '0053', words => qr/refused our credentials \(HTTP $_\)/}) } 401, 403),
    'status 404' => {instead(404), @wrong, id => '0054', words => qr/no introspection endpoint at this URL \(HTTP 404\)/},
    map({ ("status $_" => {instead($_, headers => ['Location: ' . $plain->base . '/elsewhere']), @wrong, id => '0055',
        words => qr/redirects \(HTTP $_\), which is never followed/}) } 302, 307),
    'status 400' => {instead(400), @wrong, id => '0066', words => qr/did not understand the question \(HTTP 400\)/},
    'status 400, about the token' => {instead(400, body => '{"error":"unsupported_token_type"}'), status => 401, id => '0022', words => qr/does not recognize it as a token \(HTTP 400 unsupported_token_type\)/, quiet => 1},
    '100 Continue first' => {scripted('continue'), @well},
    'closes after each answer' => {scripted('once'), @well, before => 1},
    'closes a kept connection when a question comes' => {scripted('kept'), @well, before => 1, calls => 2},
);

my %told;    # ids of lines at warning or above: of each there is one in 10 s

sub path_of { my ($row) = @_; return $row->{waits} ? "/$row->{in}-short" : "/$row->{in}" }

sub check_answer {
    my ($row, $answer) = @_;
    my $status = $row->{status};
    my $wait = $row->{retry_after} || qr/^[1-9]\d*$/;
    is($answer->{status}, $status, "status $status");
    like($answer->header('Retry-After'), $status == 503 ? $wait : qr/^$/, 'Retry-After: ' . ($status == 503 ? 'yes' : 'no'));
    like($answer->header('WWW-Authenticate'), $status == 401 ? qr/^Bearer error="invalid_token"/ : qr/^$/,
        'WWW-Authenticate: ' . ($status == 401 ? 'invalid_token' : 'no'));
    is($answer->header('Cache-Control'), 'no-store', 'Cache-Control') if $status != 200;
    return;
}

sub check_log {
    my ($row, $log, $url) = @_;
    my ($path, $status, $id) = (path_of($row), @$row{qw(status id)});
    return is(scalar(lines($log, 'MAI')), 0, 'nothing to tell an administrator') if $status == 200;
    my ($id_there) = $log =~ /MAI($id): Refused \Q$path\E with $status: .*$row->{words}/;
    ok($id_there, "the log says why: MAI$id, $row->{words}") or return diag $log;
    my $level = $status == 500 ? 'error' : 'warn';
    my @lines = lines($log, "MAI$id_there: Could");
    return is(scalar @lines, 0, 'at info only') if $row->{quiet};
    return cmp_ok(scalar @lines, '<=', 1, 'once at most') if $told{$id_there}++;
    like($lines[0] // '', qr/:$level\].*Could not use \Q$url\E: .*$row->{words}/, "and at $level, with the URL");
    return;
}

sub check_time {
    my ($row, $took) = @_;
    my ($waits, $limit) = @$row{qw(waits limit)};
    return if !$waits;
    cmp_ok($took, '<', $limit + $grace, 'in time');
    cmp_ok($took, '>', 0.9 * $limit, 'though not before') if $waits eq 'all';
    return;
}

sub check_end {
    my ($row) = @_;
    $row->{end}->();
    my $first = $httpd->get_token("/$row->{in}", unknown())->{status};
    is($first, 200, 'when it is over, the next request is granted');
    return;
}

while (my ($name, $row) = splice @table, 0, 2) {
    subtest $name => sub {
        my $as = $tls{$row->{in}} || $plain;
        my $token = unknown();
        $row->{begin}->() if $row->{begin};
        is($httpd->get_token("/$row->{in}", unknown())->{status}, 200, 'a question before') if $row->{before};
        my $log = length $httpd->error_log;
        my $start = time;
        my $answer = $httpd->get_token(path_of($row), $token);
        check_time($row, time - $start);
        check_answer($row, $answer);
        check_log($row, substr($httpd->error_log, $log), $row->{url} || $as->url);
        is($as->calls($token), $row->{calls}, "asked $row->{calls} times") if $row->{calls};
        check_end($row) if $row->{end};
    };
}
ok(!(grep { $_->{path} eq '/elsewhere' } $plain->requests), 'no redirect was followed');

# ---- what was left out --------------------------------------------------------
for (['page', '0049'], ['down', '0047']) {
    my ($name, $id) = @$_;
    my $found = qr/MAI$id: Could not use \Q@{[$many{$name}->url]}\E.* \(and (\d+) more like it left out\)/;
    $calm->wait_until(sub { ask_again($name); $calm->error_log =~ $found }, "a line about what was left out, $name", 25);
    my @lines = lines($calm->error_log, "MAI$id");
    my $left_out = 0;
    $left_out += $_ for map { /\(and (\d+) more/ ? $1 : 0 } @lines;
    is($left_out + @lines, $many{$name}->calls, "$name: with those left out all failures are told of");
    cmp_ok(scalar @lines, '<=', 2 + (time - $flood_began) / 10, "$name: in few lines");
}
done_testing;
