# SPDX-License-Identifier: Apache-2.0
#
# What the package brings for Prometheus and Grafana: alert rules that raise
# what they shall, and a dashboard, both of metrics that there are.
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Basename qw(dirname);
use JSON::PP;
use Test::More;

my $root = abs_path(dirname(__FILE__) . '/../..');

sub slurp {
    my ($name) = @_;
    open my $file, '<', "$root/$name" or die "$name: $!";
    local $/;
    return scalar <$file>;
}

# The metrics of the code, and those of a text.
my $code = join '', map { slurp("src/httpd/pages/$_.c") } qw(series remote metrics);
my %families;
$families{$2} = $1 while $code =~ /MAI_FAMILY_(\w+),\s*"(introspect_\w+)"/g;
my %known = map { $families{$_} eq 'COUNTER' ? ("${_}_total" => 1) : $families{$_} eq 'INFO' ? ("${_}_info" => 1)
        : $families{$_} eq 'HISTOGRAM' ? map { $_ => 1 } ("${_}_bucket", "${_}_sum", "${_}_count") : ($_ => 1) } keys %families;
cmp_ok(scalar keys %families, '>=', 25, 'the code has metrics');

sub none_unknown {
    my ($what, $text) = @_;
    my @names = $text =~ /\b(introspect_\w+)/g;
    cmp_ok(scalar @names, '>=', 5, "$what names metrics");
    is_deeply([grep { !$known{$_} } @names], [], 'all are there');
    return;
}

subtest 'alert rules' => sub {
    none_unknown('alerts.yml', join '', slurp('docs/prometheus/alerts.yml') =~ /^ +(?:expr: .*|  .*introspect_\w+[{\[].*)$/mg);
    like(scalar `promtool check rules $root/docs/prometheus/alerts.yml 2>&1`, qr/SUCCESS: 6 rules found/, 'promtool check rules');
    my $said = `cd $root/t/tree && promtool test rules alerts.yml 2>&1`;
    is($?, 0, 'promtool test rules') or diag $said;
    my ($rules, $tests) = (slurp('docs/prometheus/alerts.yml'), slurp('t/tree/alerts.yml'));
    is_deeply([grep { $tests !~ /alertname: $_\n +exp_alerts:\n/ } $rules =~ /alert: (\w+)/g], [], 'each rule is raised in a test');
};

subtest 'dashboard' => sub {
    my $dashboard = JSON::PP->new->decode(slurp('docs/prometheus/dashboard.json'));
    my @panels = @{$dashboard->{panels}};
    cmp_ok(scalar @panels, '>=', 10, 'panels');
    my @expressions = map { map { $_->{expr} } @{$_->{targets}} } @panels;
    none_unknown('the dashboard', join "\n", @expressions);
    my $rules = "groups:\n- name: panels\n  rules:\n";
    for my $i (0 .. $#expressions) {
        (my $expression = $expressions[$i]) =~ s/\$__rate_interval/5m/g;
        $rules .= "  - record: panel$i\n    expr: " . JSON::PP->new->allow_nonref->encode($expression) . "\n";
    }
    open my $promtool, '|-', 'promtool check rules /dev/stdin >/dev/null' or die $!;
    print $promtool $rules;
    ok(close $promtool, 'Prometheus can read each expression');
};

subtest 'documentation' => sub {
    my $docs = slurp('docs/operations.md');
    is_deeply([grep { $docs !~ /`\Q$_\E`/ } grep { !/_(?:bucket|sum|count)$/ } sort keys %known], [], 'names each metric');
    my @named = $docs =~ /^\| `?(introspect_.*?) \|/mg;
    is_deeply([grep { !$known{$_} && !$families{$_} } map {/(introspect_\w+)/g} @named], [], 'and no others');
    is_deeply([grep { $docs !~ /`$_`/ } $code =~ /"(no_token|half_open|negative_hit|not_found)"/g], [], 'and values of labels');
};
done_testing;
