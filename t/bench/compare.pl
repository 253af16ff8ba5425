# SPDX-License-Identifier: Apache-2.0
#
# Compares modules by shapes of requests: the instructions that each module
# takes beyond a control of the same shape. This module asks over http; the
# others ask over TLS, because one of them refuses http. A shape is a hash:
#
#   name      the name of the row
#   path      the requested path; default: /x.txt
#   method    default: GET
#   status    the expected status; default: 200
#   headers   header lines beside the token: ['Name: value']
#   token     the token, or a sub that returns one for each request
#   claims    the claims of the answer; default: the 22 of places.pl
#   files     sub ($httpd) that writes files into htdocs, beside x.txt
#   modules   modules of httpd, beside the basic ones
#   config    lines outside the protected section, for every httpd
#   section   lines inside it, with authentication only; or a sub ($module) that
#             returns them. Default, if they have no Require: valid-user
#   ours      lines for this module only
#   control   'none' (the default): no authentication and no token; 'token': the
#             token is sent and everyone is granted; or a hash of changes to this
#             shape, measured with the same module
#   per       the number of items in one request: the row is for one item
#   requests  [few, many]: the difference of these runs is measured
#   wanted    the most instructions that it may take beyond the control
#   alone     measure this module only, since the others cannot do it
#
# BENCH_SHAPES=REGEX measures only the shapes with a matching name.
use strict;
use warnings;

our @others = grep { -e "$main::libexec/mod_$_.so" } qw(auth_openidc oauth2);

# Print a table of these shapes. Each row has the instructions of the control,
# what this module and the others take beyond it, and the ratio to the others.
sub compare {
    my (@shapes) = @_;
    my @rows;
    my @missed;
    for my $shape (grep { !$ENV{BENCH_SHAPES} || $_->{name} =~ /$ENV{BENCH_SHAPES}/ } @shapes) {
        my ($control, %beyond) = measure_shape($shape);
        my $ours = $beyond{auth_introspect};
        my @ratios = map {
            my $other = $beyond{$_};
            defined $other ? (number($other), $ours > 0 ? sprintf('%.1f', $other / $ours) : '') : ('', '')
        } @others;
        push @rows, [$shape->{name}, number($control), number($ours),
            $shape->{wanted} ? number($shape->{wanted}) : '', @ratios];
        push @missed, $shape->{name} if $shape->{wanted} && $ours > $shape->{wanted};
        warn join(' | ', @{$rows[-1]}), "\n";
    }
    return if !@rows;
    table(['shape', 'control', 'mod_auth_introspect', 'at most', map { ("mod_$_", 'times') } @others], @rows);
    say_line('More than wanted: ' . (@missed ? join '; ', @missed : 'none') . ".\n");
}

# Instructions of one request: those of the control, and what each module takes
# beyond it.
sub measure_shape {
    my ($shape) = @_;
    my $common = $shape->{control} // 'none';
    my $per = $shape->{per} || 1;
    my $control = ref $common ? undef : cost_of($common, $shape);
    my %beyond;
    for my $module ('auth_introspect', $shape->{alone} ? () : @others) {
        my $base = $control // cost_of($module, {%$shape, %$common});
        $beyond{$module} = (cost_of($module, $shape) - $base) / $per;
        $control //= $base if !ref $common;
        $beyond{''} //= $base;
    }
    return (delete $beyond{''}, %beyond);
}

sub cost_of {
    my ($kind, $shape) = @_;
    my $as = AS->new($kind eq 'auth_introspect' ? () : (tls => 'good'));
    my $claims = $shape->{claims} || \%main::claims;
    my $token = $shape->{token} // $main::token;
    $as->all({body => JSON::PP->new->canonical->encode({active => JSON::PP::true, %$claims})});
    my $place = place_of($kind, $as, %$shape);
    $place->{$_} = $shape->{$_} for grep { exists $shape->{$_} } qw(path method status headers files);
    # without the idle loops of the MPM, whose cost varies from run to run
    $place->{toggle} = 'ap_run_process_connection';
    my @requests = @{$shape->{requests} || [200, 800]};
    @requests = map { $_ / 4 } @requests if grep { $_ eq $kind } @others;    # they are slow
    local $ENV{BENCH_CALLGRIND} = "$ENV{BENCH_CALLGRIND}.$kind" if $ENV{BENCH_CALLGRIND};
    return instructions($place, $kind eq 'none' ? '' : $token, @requests);
}

1;
