# SPDX-License-Identifier: Apache-2.0
#
# 4,096 authorization servers of which few were used: the page of metrics is of
# those few.
use strict;
use warnings;
use Test::More;
use AS;
use Httpd;
use Samples;

my $servers = 4096;
my $as = AS->new;
my $settings = $as->config;
my $httpd = Httpd->new(log_level => 'info', config => "<Location /metrics>\nSetHandler introspect-metrics\n</Location>\n" . join '', map { <<"END" } 1 .. $servers);
<IntrospectServer tenant-$_>
    $settings
    IntrospectParam tenant $_
</IntrospectServer>
<Location /place-$_/>
    IntrospectServer tenant-$_
    AuthType Introspect
    Require valid-user
</Location>
END
my $unused = $httpd->get('/metrics')->{body};
my $without = length $unused;
cmp_ok($without, '<', 20_000, 'with none used the page is small');
unlike($unused, qr/server="tenant/, 'and speaks of no server');

my @used = (1, 2048, 4096);
for my $place (@used) {
    $as->token("many-token-$place" => {sub => 'a', exp => time + 600});
    is($httpd->get_token("/place-$place/", "many-token-$place")->{status}, 404, "let in at $place, where there is nothing");
}
my $page = $httpd->get('/metrics')->{body};
my %named = map { $_ => 1 } $page =~ /server="(tenant[^"]*)"/g;
is(scalar keys %named, @used, 'with three used it speaks of three');
my $each = (length($page) - $without) / @used;
note(sprintf '%d bytes with none of %d servers used, %d more for each that was', $without, $servers, $each);
cmp_ok($each, '<', 10_000, 'of some kilobytes each');
my %seen;
my @twice = grep { $seen{$_}++ } map { /^([^#\s]\S*) / } split /\n/, $page;
is("@twice", '', 'and no series twice');
done_testing;
