# SPDX-License-Identifier: Apache-2.0
#
# Reads what SetHandler introspect-metrics shows.
package Samples;
use strict;
use warnings;
use Exporter 'import';
our @EXPORT = qw(samples value);

# All samples of a text: {name{labels} => value}; two of one name end the test.
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

# The sum of those of a name whose labels hold all of these.
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
