# SPDX-License-Identifier: Apache-2.0
#
# Shapes of requests, each over all modules that are compared, as instructions
# beyond a control of the same shape. This module asks over http, the others
# over TLS, without which one of them asks nobody. A shape is a hash:
#
#   name      what the row says
#   path      what is requested; /x.txt unless said
#   method    GET unless said
#   status    200 unless said
#   headers   header lines beside the token: ['Name: value']
#   token     what is sent, or a sub that gives one for each request
#   claims    of the answer; the 22 of places.pl unless said
#   files     sub ($httpd): what lies in htdocs beside x.txt
#   modules   of httpd, beside the base
#   config    lines outside the protected section, for every httpd
#   section   lines inside it for those that authenticate, or a sub ($module);
#             valid-user is required where there is no Require among them
#   ours      lines for this module only
#   control   'none': no authentication, no token (unless said); 'token': the
#             token is sent and all are granted; or a hash that changes this
#             shape, measured with the same module
#   per       so many of it are in one request: the row is for each
#   requests  [few, many], whose difference is measured
#   wanted    at most so many instructions beyond the control
#   alone     nothing else has it: measure this module only
#
# BENCH_SHAPES=REGEX measures the shapes with such a name only.
use strict;
use warnings;

our @others = grep { -e "$main::libexec/mod_$_.so" } qw(auth_openidc oauth2);

# A table of these shapes. Each row: what the control takes, what this module
# and the others take beyond, and by how much the others take more.
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

# Instructions of one request: the control's, and what each module takes
# beyond its control.
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
    # without the waiting of the MPM, which differs from run to run
    $place->{toggle} = 'ap_run_process_connection';
    my @requests = @{$shape->{requests} || [200, 800]};
    @requests = map { $_ / 4 } @requests if grep { $_ eq $kind } @others;    # they take long
    return instructions($place, $kind eq 'none' ? '' : $token, @requests);
}

1;
