# SPDX-License-Identifier: Apache-2.0
#
# Shapes of requests for one file: by the length of the token, by the number of
# claims and of Require lines, with a remembered answer and without.
use strict;
use warnings;

sub cost_shapes {
    my $n = 0;
    my $fresh = sub { return sprintf 'fresh-token-%d-%d', $$, $n++ };
    my %kept = (control => 'token');
    return (
        {name => 'a file', wanted => 8800},
        {name => 'a file; control: the same token sent, all granted', wanted => 6000, %kept},
        {name => 'the same, token of 400 bytes', wanted => 7000, token => 'x' x 400, %kept},
        {name => 'the same, token of 1,500 bytes', wanted => 8500, token => 'x' x 1500, %kept},
        (map { {name => "the same, token of $_ bytes", token => 'x' x $_, alone => 1, %kept} } 20, 8000),
        (map { {name => "a file, $_ claims", claims => claims_of($_), alone => 1, %kept} } 3, 100, 400),
        {name => 'each unmet `Require scope`', wanted => 800, per => 20, alone => 1, control => {section => ''},
            section => join "\n", (map {"Require scope none$_"} 1 .. 20), 'Require valid-user'},
        {name => 'each unmet `Require` line', wanted => 800, per => 20, control => {section => ''},
            section => \&unmet},
        {name => 'a new token for each request', wanted => 200_000, token => $fresh, requests => [40, 160]},
    );
}

# An answer of so many claims, `active` included, without names that the module
# knows except sub.
sub claims_of {
    my ($count) = @_;
    return {sub => 'alice', map { ("member_$_" => "value of member $_") } 1 .. $count - 2};
}

# Twenty lines that no token meets, then one that every token meets.
sub unmet {
    my ($module) = @_;
    my $claim = $module eq 'oauth2' ? 'oauth2_claim' : 'claim';
    return join "\n", (map {"Require $claim department:none$_"} 1 .. 20), 'Require valid-user';
}

1;
