# SPDX-License-Identifier: Apache-2.0
#
# The dashboard on a real Prometheus that reads a real httpd: each panel has
# something to show. T_PICTURES=DIR plays for longer and keeps a picture of the
# panels, as docs/ has it; Grafana itself is no package of Debian. Skipped where
# there is no prometheus.
# Not under a sanitizer: Prometheus does the work.
use strict;
use warnings;
use HTTP::Tiny;
use JSON::PP;
use Test::More;
use Time::HiRes qw(sleep time);
use AS;
use Httpd;
use Store;

my ($program) = grep {-x} map {"$_/prometheus"} split /:/, $ENV{PATH};
plan skip_all => 'no prometheus' if !$program;
my $redis = Store->new('redis');
plan skip_all => $redis->missing if $redis->missing;
my $picture = $ENV{T_PICTURES};
my $dashboard = decode_json(do { local (@ARGV, $/) = "$Httpd::root/docs/prometheus/dashboard.json"; <> });
my @panels = @{$dashboard->{panels}};

# Two servers, one of which takes our certificate and fails at times.
my $main = AS->new;
my $partner = AS->new(credentials => '', tls => 'good', client_ca => 'any');
my $active = '{"active":true,"sub":"alice","scope":"read","text":"' . 'x' x 2000 . '"}';    # so that few fill the table
$main->all({body => $active, delay => 0.02});
$partner->all({body => $active, delay => 0.05});
sub server {
    my ($name, $lines) = @_;
    return "<IntrospectServer $name>\n$lines</IntrospectServer>\n<Location /$name>\nAuthType Introspect\nIntrospectServer $name\nRequire scope read\n</Location>\nAlias /$name %DIR%/htdocs/index.html\n";
}
my $httpd = Httpd->prepare(config => "IntrospectCache shm:1M redis:127.0.0.1:$redis->{port}\nIntrospectCacheSecret dashboard-secret-of-this-test-0123456789ab\n"
    . server(main => $main->config . "IntrospectCacheMaxAge 1h\n")
    . server(partner => "IntrospectCacheMaxAge 1s\nIntrospectEndpoint @{[$partner->url]}\nIntrospectClientID rs\nIntrospectClientAuth self_signed_tls_client_auth\nIntrospectTLSCertificate %DIR%/rs.pem\nIntrospectTLSCertificateKey %DIR%/rs.key\nIntrospectTLSCAFile @{[$partner->ca_file]}\nIntrospectTimeout 2s\n")
    . "<Location /metrics>\nSetHandler introspect-metrics\n</Location>\n");
my $dir = $httpd->{dir};
system("cd $dir && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout rs.key -out rs.pem -days 40 -subj /CN=rs >/dev/null 2>&1 && chmod 644 rs.pem rs.key") == 0 or die 'openssl';
$httpd->begin;
$httpd->expect_log(qr/MAI00/);    # the trouble that is played

my $port = Httpd::free_port();
$httpd->write_file('prometheus.yml', <<"END");
global: {scrape_interval: 1s, scrape_timeout: 1s}
scrape_configs: [{job_name: httpd, static_configs: [{targets: ['127.0.0.1:$httpd->{port}']}]}]
END
my $pid = fork // die $!;
if (!$pid) {
    open STDERR, '>', "$dir/prometheus.log";
    open STDOUT, '>&', \*STDERR;
    exec $program, "--config.file=$dir/prometheus.yml", "--storage.tsdb.path=$dir/tsdb", "--web.listen-address=127.0.0.1:$port", '--log.level=error' or die $!;
}
END { if ($pid) { local $?; kill TERM => $pid; waitpid $pid, 0 } }

sub query {
    my ($path, %form) = @_;
    my $http = HTTP::Tiny->new(timeout => 20);
    my $answer = $http->get("http://127.0.0.1:$port/api/v1/$path?" . $http->www_form_urlencode(\%form));
    return $answer->{success} ? decode_json($answer->{content})->{data}{result} : [];
}

# All series of a panel, [legend, [time, value] ...] each, from $from to now.
sub series_of {
    my ($panel, $from) = @_;
    my @series;
    for my $target (@{$panel->{targets}}) {
        (my $expression = $target->{expr}) =~ s/\$__rate_interval/5s/g;
        $expression =~ s/\$(?:instance|server)/.*/g;
        for my $each (@{query('query_range', query => $expression, start => $from, end => time, step => 1)}) {
            my @values = grep { $_->[1] =~ /^[-+.\de]+$/i } @{$each->{values}};
            (my $legend = $target->{legendFormat}) =~ s/\{\{(\w+)\}\}/$each->{metric}{$1} \/\/ ''/ge;
            push @series, [$legend, @values] if @values;
        }
    }
    return @series;
}

my $n = 0;
sub play {
    my ($round) = @_;
    $httpd->get_token('/main', "known-@{[1 + int rand 5]}") for 1 .. 6;
    $httpd->get_token('/main', 'new-' . ++$n) for 1 .. 2 + rand 3;
    $httpd->get('/main');
    $httpd->get_token('/partner', 'known-partner');
    $httpd->get_token('/partner', 'new-' . ++$n);
    if ($round % 5 == 2) {
        $main->answer("slow-$round" => {body => $active, delay => 0.3});
        $httpd->parallel(map { ['/main', Authorization => "Bearer slow-$round"] } 1 .. 5);
    }
    if ($round % 30 == 8) { $partner->stop }
    if (!$partner->{pid} && $round % 4 == 0) { $httpd->parallel(map { ['/partner', Authorization => 'Bearer new-' . ++$n] } 1 .. 8) }
    if ($round % 30 == 20) { $partner->start }
    return;
}

my $begun = time;
my %shown;
my $fill = sub { $httpd->parallel(map { ['/main', Authorization => 'Bearer ' . ++$n . '-' . 'x' x 40] } 1 .. 100) };
$fill->() for 1 .. 12;    # more than the table holds
for my $round (1 .. ($picture ? 200 : 120)) {
    play($round);
    $fill->() if $round % 20 == 0;
    sleep($picture ? 0.4 : 0.1);
    next if $picture || $round < 20 || $round % 5;
    $shown{$_->{title}} ||= scalar series_of($_, $begun) for @panels;
    last if !grep { !$shown{$_->{title}} } @panels;
}
$partner->start if !$partner->{pid};
$shown{$_->{title}} ||= scalar series_of($_, $begun) for @panels;
cmp_ok($shown{$_->{title}}, '>=', 1, "the panel '$_->{title}' has something to show") for @panels;
draw() if $picture;
done_testing;

# ---- the picture -----------------------------------------------------------

sub short {
    my ($value, $unit) = @_;
    return sprintf '%.0f %%', $value * 100 if $unit eq 'percentunit';
    return sprintf '%.0f d', $value / 86400 if $unit eq 's' && $value > 86400;
    return sprintf($value < 1 ? '%.3f' : '%.1f', $value) . ($unit eq 's' ? ' s' : $unit =~ /ps$/ ? '/s' : '');
}

sub chart {
    my ($panel) = @_;
    my @colours = map {"#$_"} qw(3274d9 e02f44 56a64b ff780a 8f3bb8 e0b400 6ccadb 705da0);
    my @series = series_of($panel, $begun);
    my $unit = $panel->{fieldConfig}{defaults}{unit};
    my ($end, $top) = (time, 0);
    for my $each (@series) { my (undef, @points) = @$each; for (@points) { $top = $_->[1] if $_->[1] > $top } }
    $top ||= 1;
    my ($lines, $legend) = ('', '');
    for my $i (0 .. $#series) {
        my ($name, @points) = @{$series[$i]};
        my $colour = $colours[$i % @colours];
        my $last = $points[-1][1];
        $lines .= sprintf '<polyline fill="none" stroke="%s" stroke-width="1.5" points="%s"/>', $colour,
            join ' ', map { sprintf '%.1f,%.1f', 60 + 540 * ($_->[0] - $begun) / ($end - $begun), 150 - 140 * $_->[1] / $top } @points;
        $legend .= sprintf '<span><b style="background:%s"></b>%s %s</span> ', $colour, $name, short($last, $unit);
    }
    my $axis = join '', map { sprintf '<text x="54" y="%d" text-anchor="end">%s</text><line x1="60" x2="600" y1="%d" y2="%d" stroke="#ddd"/>',
        154 - 140 * $_, short($top * $_, $unit), 150 - 140 * $_, 150 - 140 * $_ } 0, 0.5, 1;
    return "<div><h2>$panel->{title}</h2><svg width=610 height=160>$axis$lines</svg><p>$legend</p></div>";
}

sub draw {
    my ($browser) = grep {-x} map { my $name = $_; map {"$_/$name"} split /:/, $ENV{PATH} } 'chromium-headless-shell', 'chromium';
    my $page = $httpd->write_file('dashboard.html', join '', <<'END', map { chart($_) } @panels);
<meta charset=utf-8><style>body{font:12px sans-serif;display:grid;grid-template-columns:1fr 1fr;gap:8px;margin:8px;background:#f4f5f5}
div{background:#fff;border:1px solid #ddd;padding:8px}h2{font-size:13px;margin:0}p{margin:0}svg text{font-size:10px}
span{margin-right:10px}b{display:inline-block;width:10px;height:3px;margin-right:4px;vertical-align:middle}</style>
END
    system($browser, '--headless', '--no-sandbox', '--disable-gpu', "--screenshot=$picture/dashboard.png", '--window-size=1300,1700', "file://$page");
    return;
}
