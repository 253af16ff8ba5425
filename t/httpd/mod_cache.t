# SPDX-License-Identifier: Apache-2.0
#
# mod_cache beside us: what one user got is not handed to another, also where
# IntrospectForwardToken Off hides that a response was made for one (RFC 9111
# 3.5).
use strict;
use warnings;
use MIME::Base64;
use Test::More;
use AS;
use Httpd;

my $as = AS->new;
$as->token("$_-token-1" => {sub => $_}) for qw(alice bob);
my $say = <<'END';
#!/usr/bin/perl
print "Content-Type: text/html\r\nCache-Control: max-age=60", $ENV{QUERY_STRING} ? ", $ENV{QUERY_STRING}" : '', "\r\n\r\n";
print $ENV{REMOTE_USER} // $ENV{REDIRECT_REMOTE_USER} // 'nobody';
END

# quick handler, store private, token
for (['Off', 'Off', 'Off'], ['Off', 'On', 'Off'], ['On', 'Off', 'Off'], ['Off', 'On', 'On']) {
    my ($quick, $private, $off) = @$_;
    look("CacheQuickHandler $quick, CacheStorePrivate $private, IntrospectForwardToken $off", <<"END");
CacheQuickHandler $quick
CacheStorePrivate $private
IntrospectForwardToken $off
END
}

sub look {
    my ($name, $lines) = @_;
    my $httpd = Httpd->new(modules => [qw(cache cache_disk include rewrite headers autoindex)], allow_override => 'All', config => $as->config . <<"END" . $lines);
CacheRoot %DIR%/store
CacheEnable disk /
CacheIgnoreNoLastMod On
AddHandler cgi-script .pl
AddType text/html .shtml
AddOutputFilter INCLUDES .shtml
<Location /front>
    AuthType None
    Require all granted
</Location>
<Location /cookie>
    AuthType Introspect
    IntrospectTokenFrom cookie:sid
    IntrospectForwardToken On
    Require valid-user
</Location>
<Location /other>
    AuthType Basic
    AuthName x
    AuthBasicProvider file
    AuthUserFile %DIR%/users
    Require valid-user
</Location>
<LocationMatch ^/(one|page|part)>
    AuthType Introspect
    Require valid-user
</LocationMatch>
<Location /guest>
    AuthType Introspect
    IntrospectOptional On
    IntrospectTokenFrom header cookie:sid header:X-Key
    Require all granted
</Location>
<Directory %DIR%/htdocs/open/list>
    Options +Indexes
</Directory>
<Location /open/list/cookie.txt>
    AuthType Introspect
    IntrospectTokenFrom cookie:sid
    IntrospectForwardToken On
    Require valid-user
</Location>
<Location /one/set.pl>
    Header set Cache-Control "public, max-age=60"
</Location>
END
    mkdir "$httpd->{dir}/store";
    chmod 0777, "$httpd->{dir}/store";
    $httpd->write_file("htdocs/$_", $say, 0755) for qw(one/x.pl one/set.pl front/x.pl part/x.pl guest/x.pl cookie/x.pl other/x.pl);
    $httpd->write_file('users', join '', map {"$_:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=\n"} qw(alice bob));    # password
    $httpd->write_file('htdocs/one/.htaccess', "RewriteEngine On\nRewriteRule ^front /front/x.pl [L]\n");
    $httpd->write_file('htdocs/open/one.shtml', 'before <!--#include virtual="/cookie/x.pl" -->');
    $httpd->write_file('htdocs/open/list/cookie.txt', 'x');
    $httpd->write_file('htdocs/page/x.shtml', '<!--#include virtual="/part/x.pl" -->');
    my $get = sub { my ($path, $user) = @_; return $httpd->get($path, $user ? (Authorization => "Bearer $user-token-1") : ()) };
    my $second = sub { my ($path, $user) = @_; $get->($path, 'alice'); return $get->($path, $user)->{body} };
    is($second->('/one/x.pl', 'bob'), 'bob', "RFC 9111 3.5: $name: a page");
    is($second->('/one/x.pl?private', 'bob'), 'bob', 'one that says that it is private');
    is($second->('/one/x.pl?public2', 'bob'), 'bob', 'a word that only begins like public');
    is($second->('/one/front', 'bob'), 'bob', 'one of a front controller');
    is($second->('/page/x.shtml', 'bob'), 'bob', 'one with parts');
    $get->('/one/front', 'alice');
    is($get->('/front/x.pl')->{body}, 'nobody', 'and what it called directly');
    $get->('/page/x.shtml', 'alice');
    is($get->('/part/x.pl', 'bob')->{body}, 'bob', 'a part directly');
    is($get->('/guest/x.pl')->{body}, 'nobody', 'a guest (IntrospectOptional)');
    is($get->('/guest/x.pl', 'alice')->{body}, 'alice', 'RFC 9110 12.5.5: whose page is not for who brings a token');
    is($httpd->get('/guest/x.pl', @$_)->{status}, 401, 'nor for a bad one') for ['Cookie', 'sid=bad-token-1'], ['X-Key', 'bad-token-1'], [Authorization => 'Bearer bad-token-1'];
    is($get->('/guest/x.pl')->header('Vary'), 'Authorization,Cookie,X-Key', 'as Vary says');
    is($get->('/one/x.pl')->{status}, 401, 'without a token nothing') if $lines !~ /Handler On/;
    if ($lines =~ /Handler Off/) {
        my $third = sub { my ($path, $headers) = @_; $httpd->get($path, $headers->('alice')); return $httpd->get($path, $headers->('bob'))->{body} };
        my $cookie = sub { return (Cookie => "sid=$_[0]-token-1") };
        is($third->('/cookie/x.pl', $cookie), 'bob', 'RFC 9111 3.5: a page for a cookie');
        is($third->('/open/one.shtml', $cookie), 'before bob', 'an open page with a part for a cookie');
        is($third->('/open/list/', $cookie) =~ /HREF|href="cookie/ ? 1 : 0, 1, 'a list of what is for a cookie');
        unlike($httpd->get('/open/list/')->{body}, qr/href="cookie/, 'is not for others');
        is($third->('/other/x.pl', sub { return (Authorization => 'Basic ' . encode_base64("$_[0]:password", '')) }), 'bob', 'a page of another provider, whose header is hidden');
    }
    return if $lines !~ /Handler Off\n.*\n.*Off/;
    is($second->("/one/x.pl?$_", 'bob'), 'alice', "$_: it says so itself") for qw(public s-maxage=60 must-revalidate);
    is($second->('/one/set.pl', 'bob'), 'alice', 'also by mod_headers');
}
done_testing;
