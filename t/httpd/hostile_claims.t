# SPDX-License-Identifier: Apache-2.0
#
# Answers and .htaccess files that mean harm to the language of Require.
use strict;
use warnings;
use Test::More;
use AS;
use Httpd;

my $as = AS->new;
my $deep = '1';
$deep = qq({"d":[$deep]}) for 1 .. 7;
my $objects = join ',', map {qq({"type":"t$_","level":$_})} 1 .. 900;
my %answers = (
    deep => qq({"active":true,"sub":"a","a":[$deep]}), deeper => '{"active":true,"a":' . '[' x 200 . ']' x 200 . '}',
    many => qq({"active":true,"sub":"a",) . join(',', map {qq("claim_$_":$_)} 1 .. 400) . '}', objects => qq({"active":true,"sub":"a","a":[$objects]}),
    over => '{"active":true,"sub":"a","level":1e999}', under => '{"active":true,"sub":"a","level":-1e999}', zero => '{"active":true,"sub":"a","level":-0}',
    digits => '{"active":true,"sub":"a","level":1' . '0' x 20000 . '}', point => '{"active":true,"sub":"a","level":0.' . '0' x 20000 . '1}',
    exponent => '{"active":true,"sub":"a","level":1e-99999999999999999999}', twice => '{"active":true,"sub":"a","a":[{"type":"t","type":"u"}]}',
    nul => '{"active":true,"sub":"a","level\u0000":9,"level":1,"a":[{"type\u0000":"t900","level":1}]}', step => '{"active":true,"sub":"a","a\u001fb":[{"x":1}],"level":9}',
    text => '{"active":true,"sub":"a","level":"9\u0000"}', slow => '{"active":true,"sub":"' . 'a' x 60 . '!","level":9}',
);
$as->answer("$_-token-1" => {body => $answers{$_}}) for keys %answers;
my $httpd = Httpd->new(allow_override => 'AuthConfig', config => $as->config . <<'END');
Alias /level %DIR%/htdocs/index.html
<Location /level>
    AuthType Introspect
    Require claim level>=2
</Location>
Alias /below %DIR%/htdocs/index.html
<Location /below>
    AuthType Introspect
    <RequireAll>
        Require valid-user
        Require not claim level>=2
    </RequireAll>
</Location>
Alias /object %DIR%/htdocs/index.html
<Location /object>
    AuthType Introspect
    Require claim a{ type:t900 level>=900 }
</Location>
Alias /nested %DIR%/htdocs/index.html
<Location /nested>
    AuthType Introspect
    Require claim a{ d{ d{ d{ d{ d{ d{ d:1 } } } } } } }
</Location>
Alias /path %DIR%/htdocs/index.html
<Location /path>
    AuthType Introspect
    Require claim a.b{ x:1 }
</Location>
<Directory %DIR%/htdocs/h>
    AuthType Introspect
    Require valid-user
</Directory>
END
$httpd->expect_log(qr/MAI/);
sub status { my ($path, $name) = @_; return $httpd->get_token($path, "$name-token-1")->{status} }

my %level = (over => [200, 403], under => [403, 200], zero => [403, 200], digits => [200, 403], point => [403, 403], exponent => [403, 403],
    nul => [403, 200], text => [403, 403], step => [200, 403], many => [403, 403]);
for my $name (sort keys %level) {
    is(status('/level', $name), $level{$name}[0], "$name: Require claim level>=2");
    is(status('/below', $name), $level{$name}[1], "$name: Require not claim level>=2");
}
is(status('/object', 'objects'), 200, 'one of 900 objects');
is(status('/object', 'many'), 403, 'no objects among 400 claims');
is(status('/object', 'nul'), 403, 'a name with a NUL is not the name before it');
is(status('/object', 'twice'), 503, 'duplicate members in an array make the answer unusable');
is(status('/nested', 'deep'), 200, 'objects and arrays as deep as they may be');
is(status('/nested', 'deeper'), 503, 'and deeper: unusable');
is(status('/path', 'step'), 403, 'no name can pretend to be a path to an array');

# Expressions that take long are cut off by PCRE; whoever waits for them is
# the request alone.
my $n = 0;
for my $lines ('IntrospectRemoteUser sub ~^(a+)+$ $0', 'Require claim-expr "%{INTROSPECT_CLAIM:sub} =~ /^(a+)+$/"', 'Require claim sub~^(a+)+$') {
    $n++;
    $httpd->write_file("htdocs/h/$n/x.html", "x\n");
    $httpd->write_file("htdocs/h/$n/.htaccess", "$lines\n");
    is(status("/h/$n/x.html", 'slow'), $lines =~ /^Require/ ? 403 : 200, "a costly .htaccess: $lines");
}
$httpd->write_file('htdocs/h/many/x.html', "x\n");
$httpd->write_file('htdocs/h/many/.htaccess', 'Require claim a{ ' . join(' ', map {"type:x$_"} 1 .. 500) . " }\n");
is(status('/h/many/x.html', 'objects'), 403, 'hundreds of conditions on hundreds of objects');
for my $lines ('Require claim a{ x:1', 'Require claim level=>1', 'Require claim-expr "file(\'/etc/passwd\') != \'\'"', "IntrospectExportLists \x01", 'IntrospectScopeSyntax levels=a') {
    $n++;
    $httpd->write_file("htdocs/h/$n/x.html", "x\n");
    $httpd->write_file("htdocs/h/$n/.htaccess", "$lines\n");
    is(status("/h/$n/x.html", 'step'), 500, "a .htaccess that is wrong: $lines");
}
is(status('/level', 'step'), 200, 'httpd serves on');
done_testing;
