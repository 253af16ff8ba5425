# SPDX-License-Identifier: Apache-2.0
#
# An httpd with metrics, and the samples of its SetHandler introspect-metrics.
package Samples;
use strict;
use warnings;
use Exporter 'import';
use Httpd;
our @EXPORT = qw(metered samples value);

# The place /ours, and a place below it that demands a scope.
our $ours = <<'END';
Alias /ours %DIR%/htdocs/index.html
<Location /ours>
    AuthType Introspect
    Require valid-user
</Location>
<Location /ours/scope>
    Require scope write
</Location>
END

# An httpd that asks $as, or the server of the lines in `server`. `page`:
# another section for the metrics.
sub metered {
    my ($as, $config, %o) = @_;
    my $page = $o{page} // "<Location /metrics>\n    SetHandler introspect-metrics\n</Location>\n";
    return Httpd->new(modules => $o{modules} // [], config => ($o{server} // $as->config) . $config . $page . $ours);
}

# All samples: {'name{labels}' => value}. A duplicate ends the test.
sub samples {
    my ($httpd) = @_;
    my %samples;
    for (split /\n/, $httpd->get('/metrics')->{body}) {
        next if /^#/;
        my ($name, $value) = /^(\S+(?:\{.*\})?) (\S+)$/ or die "not a sample: $_";
        die "twice: $name" if exists $samples{$name};
        $samples{$name} = $value;
    }
    return \%samples;
}

# The sum of the samples of this name that have all these labels.
sub value {
    my ($samples, $name, %labels) = @_;
    my $sum;
    for my $key (grep {/^\Q$name\E(?:\{|$)/} keys %$samples) {
        next if grep { $key !~ /[{,]$_="\Q$labels{$_}\E"/ } keys %labels;
        $sum += $samples->{$key};
    }
    return $sum;
}

1;
