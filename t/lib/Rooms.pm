# SPDX-License-Identifier: Apache-2.0
#
# The order of the rooms, and the includes that break it. Tested by
# t/tree/house.t.
package Rooms;
use strict;
use warnings;

# From the top down. A room includes itself and rooms in later rows; rooms in
# one row do not include each other.
our @core = ([qw(verify)], [qw(ask)], [qw(cache)], [qw(claims traffic http jose)], [qw(base)]);
our @httpd = ([qw(pages require)], [qw(request)], [qw(export reply)], [qw(token)], [qw(context)], [qw(process)], [qw(directives)], [qw(config)], [qw(server)], [qw(store)]);

sub _floor_of {
    my ($side) = @_;
    my %floor;
    my $rows = $side eq 'core' ? \@core : \@httpd;
    for my $i (0 .. $#$rows) { $floor{$_} = $#$rows - $i for @{$rows->[$i]} }
    return \%floor;
}

# The reason why FILE (src/SIDE/ROOM/NAME) may not include PATH (ROOM/NAME);
# empty if it may.
sub complaint {
    my ($file, $path) = @_;
    my ($side, $room) = $file =~ m{^src/(core|httpd)/(?:(\w+)/)?[^/]+$} or return "$file is in no room";
    my ($other) = $path =~ m{^(\w+)/[^/]+$};
    my ($core, $httpd) = (_floor_of('core'), _floor_of('httpd'));
    return '' if $side eq 'httpd' && (!defined $other || exists $core->{$other});
    return "$file: \"$path\" does not name its room" unless defined $other;
    my $floor = $side eq 'core' ? $core : $httpd;
    return "$file: room $other is not known" unless exists $floor->{$other};
    return '' if !defined $room || $room eq $other || $floor->{$room} > $floor->{$other};
    return "$file looks up at $path";
}

# The files of include cycles. The keys of %$includes are ROOM/NAME without
# suffix, so a .c counts as its header.
sub circles {
    my ($includes) = @_;
    my $reaches;
    $reaches = sub {
        my ($from, $to, $seen) = @_;
        return 0 if $seen->{$from}++;
        for my $next (@{$includes->{$from} || []}) {
            return 1 if $next eq $to || $reaches->($next, $to, $seen);
        }
        return 0;
    };
    return sort grep { my $file = $_; grep { $_ ne $file && $reaches->($_, $file, {$file => 1}) } @{$includes->{$file}} } keys %$includes;
}

1;
