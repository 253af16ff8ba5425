# SPDX-License-Identifier: Apache-2.0
#
# A reload that brings hundreds of authorization servers where there was one:
# there is room for each, so that one that hangs holds up none of the others.
use strict;
use warnings;
use Test::More;
use AS;
use Httpd;

my $servers = 700;
my ($well, $hangs) = (AS->new, AS->new);
$well->token('well-token-1' => {sub => 'alice'});

sub server {
    my ($number, $as) = @_;
    return <<"END";
<IntrospectServer tenant-$number>
    @{[$as->config]}
    IntrospectParam tenant $number
    IntrospectCallsMax 1
    IntrospectTimeout 30s
</IntrospectServer>
<Location /place-$number>
    IntrospectServer tenant-$number
    AuthType Introspect
    Require valid-user
</Location>
END
}

my $httpd = Httpd->prepare(log_level => 'info', config => "Include %DIR%/servers.conf\nAliasMatch ^/place- %DIR%/htdocs/index.html\n");
$httpd->write_file('servers.conf', server(1, $well));
$httpd->begin;
is($httpd->get_token('/place-1', 'well-token-1')->{status}, 200, 'one server');
$httpd->write_file('servers.conf', join '', map { server($_, $_ == $servers ? $hangs : $well) } 1 .. $servers);
is($httpd->run('-t'), 0, "configtest takes $servers");
$httpd->graceful;
is($httpd->get_token("/place-$_", 'well-token-1')->{status}, 200, "after a reload: server $_") for 1, $servers - 1;

$hangs->fault('hang');
my $socket = $httpd->connect;
print $socket $httpd->compose('GET', "/place-$servers", undef, Authorization => 'Bearer hanging-token-1');
$httpd->wait_until(sub { $hangs->calls }, 'a question that hangs');
is($httpd->get_token("/place-$_", "unknown-token-$_")->{status}, 401, "server $_ is asked meanwhile") for 1, $servers - 2, $servers - 1;
$httpd->write_file('servers.conf', server(1, $well));
$httpd->graceful;
is($httpd->get_token('/place-1', 'well-token-1')->{status}, 200, 'and a reload takes them away again');
$hangs->fault('');
close $socket;
done_testing;
