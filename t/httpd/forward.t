# SPDX-License-Identifier: Apache-2.0
#
# IntrospectForwardToken Off: where the token is, it is nowhere to be seen. Who
# looks: programs, backends, error documents, authors of .htaccess, logs.
use strict;
use warnings;
use Test::More;
use JSON::PP;
use MIME::Base64;
use AS;
use Httpd;

my $as = AS->new;
my $backend = AS->new(credentials => '');
$backend->answer($_ => {body => 'backend'}) for qw(/err /any);
my $token = 'good-token-1';
$as->token($token => {sub => 'alice', username => 'alice', jti => 'good-token-1'});
my $basic = encode_base64("x:$token", '');
my @bearer = (Authorization => "Bearer $token");
my @basic = (Authorization => "Basic $basic");

my %httpd = (modules => [qw(proxy proxy_http include dir actions headers rewrite negotiation authn_socache)], allow_override => 'All');
$httpd{config} = $as->config . <<"END";
AddType text/html .shtml
AddOutputFilter INCLUDES .shtml
AddHandler cgi-script .pl
DirectoryIndex index.pl
LogFormat "%U %{Authorization}i %{COPY}e" seen
CustomLog %DIR%/seen.log seen
SetEnvIfNoCase ^Authorization\$ "(.+)" HTTP_AUTHORIZATION=\$1
SetEnvIf Authorization "^Bearer (.*)" COPY=\$1
SetEnvIf Cookie "sid=(.*)" COPY=\$1
RewriteEngine On
RewriteCond %{HTTP:Authorization} ^(.+)
RewriteRule .* - [E=REWRITTEN:%1]
RewriteRule ^/moved/(.*) /off/\$1 [PT]
Action to-env /cgi/env.pl virtual
ErrorDocument 401 /err
ErrorDocument 403 /err
ErrorDocument 404 /err
ErrorDocument 500 /err
ProxyPass /err @{[$backend->base]}/err
<LocationMatch ^/(off|multi|cgi|split|if|again|nothing)>
    AuthType Introspect
    Require valid-user
    IntrospectForwardToken Off
    CGIPassAuth On
</LocationMatch>
<Location /on>
    AuthType Introspect
    Require valid-user
    CGIPassAuth On
</Location>
<Location /basic>
    AuthType Basic
    AuthName git
    AuthBasicProvider file introspect
    AuthUserFile %DIR%/users
    Require valid-user
    IntrospectForwardToken Off
    CGIPassAuth On
</Location>
<Location /password>
    AuthType Basic
    AuthName git
    AuthBasicProvider file
    AuthUserFile %DIR%/users
    Require valid-user
    IntrospectForwardToken Off
    CGIPassAuth On
</Location>
ErrorDocument 400 /err-cgi
ScriptAlias /err-cgi %DIR%/cgi/env.pl
LogFormat "%r %q %{Authorization}i %{Cookie}i %{X-Key}i" line
CustomLog %DIR%/line.log line
<Location /err-cgi>
    IntrospectTokenFrom cookie:other
    CGIPassAuth On
</Location>
<Location /carried>
    AuthType Introspect
    IntrospectTokenFrom header cookie:sid query header:X-Key subprotocol
    IntrospectForwardToken Off
    Require valid-user
</Location>
<Location /off/ip>
    <RequireAll>
        Require ip 192.0.2.1
        Require valid-user
    </RequireAll>
</Location>
<Location /off/page>
    IntrospectAllowPreflight On
</Location>
<Location /off/redirect>
    SetHandler to-env
</Location>
<Location /cgi>
    SetHandler cgi-script
</Location>
END
my $httpd = Httpd->new(%httpd);
my $script = $httpd->slurp('cgi/env.pl');
$httpd->write_file('users', "carol:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=\n");    # password

# Whatever repeats the token, but for the claim that does.
sub seen_in {
    my ($env) = @_;
    return join ' ', map {"$_=$env->{$_}"} grep { !/^INTROSPECT_CLAIM/ && defined $env->{$_} && ($env->{$_} =~ /\Q$token\E|\Q$basic\E/ || /^[AB]\d?$/) } sort keys %$env;
}

sub hidden {
    my ($what, $path, @headers) = @_;
    my $answer = $httpd->get($path, @headers ? @headers : @bearer);
    my $env = $answer->{status} == 200 && $answer->{body} =~ /^\{/ ? decode_json($answer->{body}) : {failed => "$answer->{status} $answer->{body}"};
    is($env->{failed}, undef, "$what: is let in");
    is(seen_in($env), '', 'and nothing holds the token');
    return $env;
}

sub of_backend { my @requests = $backend->requests; return $requests[-1]{head} // '' }

my $env = hidden('CGI', '/cgi/env.pl');
is($env->{INTROSPECT_CLAIM_jti}, $token, 'but for a claim that is equal to it');
$httpd->write_file("htdocs/$_/index.pl", $script, 0755) for qw(off on basic password on/file if again off/ht);
$env = decode_json($httpd->get('/on/index.pl', @bearer)->{body});
like(seen_in($env), qr/COPY=.*HTTP_AUTHORIZATION=.*REWRITTEN=/, 'where it is On, all of that is seen');
hidden('DirectoryIndex', '/off/');
hidden('a rewritten URL', '/moved/');
hidden('an internal redirect', '/off/redirect/x');
$httpd->write_file('htdocs/on/file/.htaccess', "<Files index.pl>\nIntrospectForwardToken Off\n</Files>\n");
hidden('Off in <Files>, by DirectoryIndex', '/on/file/');
hidden('Basic', '/basic/index.pl', @basic);
hidden('Basic, by DirectoryIndex', '/basic/', @basic);
my $carol = encode_base64('carol:password', '');
for my $place (qw(basic password)) {
    my $answer = $httpd->get("/$place/index.pl", Authorization => "Basic $carol");
    my $env = $answer->{status} == 200 ? decode_json($answer->{body}) : {};
    is($env->{REMOTE_USER}, 'carol', "/$place: another provider sees what is hidden");
    unlike($answer->{body}, qr/\Q$carol\E/, 'and nobody else');
}

# authors of .htaccess
my %tricks = (
    'SetEnvIf that splits it' => 'SetEnvIf Authorization "Bearer (.{3})(.*)" A1=$1 B1=$2',
    SetEnvIfExpr => 'SetEnvIfExpr "%{HTTP:Authorization} =~ /(.{9})(.*)/" A1=$1 B1=$2',
    RewriteRule => "RewriteEngine On\nRewriteCond %{HTTP:Authorization} ^(.{9})(.*)\nRewriteRule ^ - [E=A1:%1,E=B1:%2]",
    RequestHeader => 'RequestHeader set X-Copy "expr=%{HTTP:Authorization}"',
    Header => 'Header always set X-Copy "expr=%{HTTP:Authorization}"',
    'RewriteRule of a copy' => "RewriteEngine On\nRewriteCond %{ENV:COPY}%{ENV:REWRITTEN}%{ENV:HTTP_AUTHORIZATION} ^(.{3})(.*)\nRewriteRule ^ - [E=A1:%1,E=B1:%2]",
    'RewriteRule with a look ahead' => "RewriteEngine On\nRewriteCond %{LA-U:HTTP:Authorization}%{LA-U:ENV:COPY} ^(.{3})(.*)\nRewriteRule ^ - [E=A1:%1,E=B1:%2]",
);
for my $name (sort keys %tricks) {
    $httpd->write_file('htdocs/off/ht/.htaccess', "$tricks{$name}\n");
    my $env = hidden($name, '/off/ht/index.pl');
    is($env->{HTTP_X_COPY} // '', '', 'no header either') if $name eq 'RequestHeader';
    hidden("$name, by DirectoryIndex", '/off/ht/');
    unlike($httpd->get('/off/ht/index.pl', @bearer)->{head}, qr/\Q$token\E/, 'nor a response');
}
$httpd->write_file('htdocs/off/ht/.htaccess', qq{ErrorDocument 403 "%{HTTP:Authorization} %{reqenv:COPY}"\nRequire all denied\n});
unlike($httpd->get('/off/ht/x', @bearer)->{body}, qr/\Q$token\E/, 'an ErrorDocument that is an expression');
$httpd->write_file('htdocs/expr/.htaccess', "IntrospectForwardToken Off\nRequire expr %{HTTP:Authorization} =~ /good/\n");
$httpd->write_file('htdocs/expr/x', 'let in');
is($httpd->get('/expr/x', @bearer)->{body}, 'backend', 'Require expr finds nothing to compare');
$httpd->write_file('htdocs/off/page.shtml', '<!--#printenv --><!--#echo var="COPY" --><!--#include virtual="/cgi/env.pl" --><!--#include virtual="/on/index.pl" -->');
my $page = $httpd->get('/off/page.shtml', @bearer)->{body};
like($page, qr/INTROSPECT_CLAIM_sub=alice.*\{/s, 'an SSI page and its parts');
is(join(' ', grep { !/jti/ && /\Q$token\E/ } split /[\n,]/, $page), '', 'do not see it, also where it is On');

my @preflight = (Origin => 'https://app.example', 'Access-Control-Request-Method' => 'GET');
is($httpd->request('OPTIONS', '/off/page', undef, @preflight)->{status}, 200, 'a preflight is let through');
$backend->reset;
$httpd->request('OPTIONS', '/off/page', undef, @preflight, Authorization => 'Bearer bad-token-1');
is(scalar(my @asked = $backend->requests), 1, 'but no request whose credentials are hidden: it is refused');

# error documents
$httpd->write_file('htdocs/off/broken/.htaccess', "NoSuchDirective\n");
for (['a refused token', '/off/', Authorization => 'Bearer bad-token-1'], ['a refusal before authentication', '/off/ip'],
    ['a file that is not there', '/off/none'], ['a .htaccess that cannot be read', '/off/broken/x'], ['Basic', '/basic/none', @basic]) {
    my ($name, $path, @headers) = @$_;
    @headers = @bearer if !@headers;
    $backend->reset;
    is($httpd->get($path, @headers)->{body}, 'backend', "$name: its error document comes from a backend");
    unlike(of_backend(), qr/token-1|authorization|\Q$basic\E/i, 'which does not see the token');
}
# A request can fail before its place is known: then nobody knows where its
# token is, and what carries one at any place is hidden.
$httpd->write_file('htdocs/carried/broken/.htaccess', "NoSuchDirective\n");
for (['Authorization', '', @bearer], ['a cookie', '', Cookie => "a=b; sid=$token"], ['a query', "?x=1&access_token=$token"], ['a header', '', 'X-Key' => $token],
    ['a subprotocol', '', 'Sec-WebSocket-Protocol' => "bearer, $token"], ['a cookie that was copied', '', Cookie => "sid=$token"]) {
    my ($name, $query, @headers) = @$_;
    $backend->reset;
    is($httpd->get("/carried/broken/x$query", @headers)->{body}, 'backend', "no place is known, $name: a proxied error document");
    unlike(of_backend(), qr/\Q$token\E/, 'does not see the token');
    my $env = decode_json($httpd->get("/carried/%zz$query", @headers)->{body});
    is($env->{REDIRECT_STATUS}, 400, 'nor does a program');
    is(join(' ', grep { $env->{$_} =~ /\Q$token\E/ } sort keys %$env), '', 'in any variable');
    is($env->{REDIRECT_QUERY_STRING} // 'x=1', 'x=1', 'but the rest of a query');
    $httpd->get("/carried/a%2fb$query", @headers);
}
$httpd->wait_until(sub { (() = $httpd->slurp('line.log') =~ m{^GET /carried/}mg) >= 18 }, 'the access log');
is(join("\n", grep { m{^GET /carried/} && /\Q$token\E/ } split /\n/, $httpd->slurp('line.log')), '', 'nor does the access log');

# A redirect shows the header again until its place is known; a TRACE has none.
$httpd->write_file('htdocs/off/front/.htaccess', "RewriteEngine On\nRewriteRule ^x /off/broken/x [L]\n");
$backend->reset;
is($httpd->get('/off/front/x', @bearer)->{body}, 'backend', 'a redirect to a .htaccess that cannot be read');
unlike(of_backend(), qr/\Q$token\E|authorization/i, 'shows its error document no token');
$httpd->request('TRACE', '/carried/x', undef, @bearer);
$httpd->wait_until(sub { $httpd->slurp('line.log') =~ m{^TRACE /carried/}m && $httpd->slurp('seen.log') =~ m{^/off/front/}m }, 'the access log');
unlike(join("\n", grep { m{^TRACE } } split /\n/, $httpd->slurp('line.log')), qr/\Q$token\E/, 'nor does a log of a request that has no place');
unlike(join("\n", grep { m{^/off/front/} } split /\n/, $httpd->slurp('seen.log')), qr/\Q$token\E/, 'or lost it');
$as->token(tiny => {sub => 'alice'});
is(join(' ', grep { /^Bearer tiny$/ } values %{decode_json($httpd->get('/cgi/env.pl', Authorization => 'Bearer tiny')->{body})}), '', 'a whole header is hidden, however short');

# OPTIONS * has no place at all, but the server-wide SetEnvIf has copied by then.
$httpd->request('OPTIONS', '*', undef, @$_) for \@bearer, [Cookie => "sid=$token"], \@basic;
$httpd->wait_until(sub { (() = $httpd->slurp('seen.log') =~ /^\* /mg) >= 3 }, 'the access log');
is(join("\n", grep { /^\* / && !/^\* - -$/ } split /\n/, $httpd->slurp('seen.log')), '', 'nor has it a copy of a request without a place');

# Where no section says Off, a log shows what httpd alone would.
my $open = Httpd->new(config => $as->config . <<'END');
LogFormat "%r %{Authorization}i %{COPY}e" seen
CustomLog %DIR%/seen.log seen
SetEnvIf Authorization "^Bearer (.*)" COPY=$1
<Location /on>
    AuthType Introspect
    Require valid-user
</Location>
END
$open->request('OPTIONS', '*', undef, @bearer);
$open->wait_until(sub { $open->slurp('seen.log') =~ /\n/ }, 'the access log');
is($open->slurp('seen.log'), "OPTIONS * HTTP/1.1 Bearer $token $token\n", 'but where nothing is to be hidden, a log has what it had without us');

$backend->reset;
$httpd->get('/nowhere', @bearer);
like(of_backend(), qr/\Q$token\E/, 'where nothing is Off it is forwarded');

# <If> chooses the AuthType of what continues
$httpd->write_file('htdocs/if/.htaccess', <<"END");
DirectoryIndex index.pl
RewriteEngine On
RewriteRule ^front index.pl [L]
<If "%{HTTP:Authorization} =~ /^Bearer/">
    AuthType Introspect
</If>
<Else>
    AuthType Basic
    AuthName git
    AuthBasicProvider file
    AuthUserFile $httpd->{dir}/users
</Else>
END
hidden("<If> on the header: $_", "/if/$_") for 'index.pl', '', 'front';
my $answer = $httpd->get('/if/', Authorization => "Basic $carol");
is($answer->{status} == 200 ? decode_json($answer->{body})->{REMOTE_USER} : $answer->{status}, 'carol', 'and without a token');

my $log = $httpd->slurp('seen.log');
like($log, qr{^/on/index.pl Bearer \Q$token\E}m, "an access log has it where it is On");
is(join("\n", grep { m{^/(?:off|cgi|basic|if)} && /\Q$token\E|\Q$basic\E/ } split /\n/, $log), '', 'and nowhere else');

subtest 'PHP-FPM as Debian configures it' => sub {
    my ($fpm) = grep { -x } glob '/usr/sbin/php-fpm*';
    my ($conf) = glob '/etc/apache2/conf-available/php*-fpm.conf';
    defined $fpm && defined $conf or plan skip_all => 'php-fpm is not installed';
    my $php = Httpd->prepare(modules => [qw(proxy proxy_fcgi dir rewrite)], allow_override => 'All', config => '');
    my $dir = $php->{dir};
    open my $file, '<', $conf or die $!;
    my $lines = join '', map { s{unix:/run/php/[\w.-]+\.sock}{unix:$dir/php.sock}r } <$file>;
    $php->write_file('htdocs/php/index.php', '<?php echo json_encode($_SERVER);');
    $php->write_file('htdocs/php/.htaccess', "DirectoryIndex index.php\nRewriteEngine On\nRewriteRule ^front index.php [L]\n");
    $php->write_file('fpm.conf', "[global]\ndaemonize = no\nerror_log = $dir/fpm.log\npid = $dir/fpm.pid\n[www]\nuser = www-data\ngroup = www-data\nlisten = $dir/php.sock\nlisten.mode = 0666\npm = static\npm.max_children = 1\n");
    my $pid = fork // die $!;
    if (!$pid) { open STDERR, '>', "$dir/fpm.out"; exec $fpm, '-n', '-y', "$dir/fpm.conf" }
    my $places = join '', map {"<Location /php>\n$_\nRequire valid-user\nIntrospectForwardToken Off\n</Location>\n"} "AuthType Introspect\n<If \"%{HTTP:Authorization} =~ /^Basic/\">\nAuthType Basic\nAuthName x\nAuthBasicProvider introspect\n</If>";
    my $served = Httpd->new(modules => [qw(proxy proxy_fcgi dir rewrite)], allow_override => 'All', config => $lines . $as->config
        . "DocumentRoot $dir/htdocs\n<Directory $dir>\nAllowOverride All\nRequire all granted\n</Directory>\n$places");
    $served->wait_until(sub { -S "$dir/php.sock" }, 'the socket of PHP-FPM');
    for my $headers (\@bearer, \@basic) {
        for my $path ('index.php', '', 'front') {
            my $answer = $served->get("/php/$path", @$headers);
            my $seen = $answer->{status} == 200 ? decode_json($answer->{body}) : {failed => $answer->{status}};
            is($seen->{REMOTE_USER}, 'alice', "/php/$path");
            is(seen_in($seen), '', 'is not told the token');
            ok(!exists $seen->{PHP_AUTH_PW}, 'nor a password');
        }
    }
    kill TERM => $pid;
    waitpid $pid, 0;
    $php->{ended} = 1;
    File::Path::remove_tree($dir);
};
done_testing;
