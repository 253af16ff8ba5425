# SPDX-License-Identifier: Apache-2.0
#
# Every form (shape) in which a request reaches a place, and an httpd that has
# the same place in each of them.
#
#   my $shapes = Shapes->new(places => {NAME => "AuthType ..."}, config => ...);
#   for my $shape ($shapes->all) {
#       my $answer = $shapes->ask(NAME, $shape, HEADER => VALUE, ...);
#   }
#
# A shape is [description, path below /NAME, option => ...] with the options
# method, document (its ErrorDocument is page.html), proxied (to
# $shapes->{backend}), two (over HTTP/2).
package Shapes;
use strict;
use warnings;
use AS;
use Fpm;
use Httpd;

sub new {
    my ($class, %o) = @_;
    my $self = bless {backend => AS->new(credentials => ''), places => $o{places}, php => defined Fpm->program}, $class;
    my @names = sort keys %{$o{places}};
    my $httpd = $self->{httpd} = Httpd->prepare(
        modules => [qw(actions rewrite negotiation include autoindex dav dav_fs proxy proxy_http headers http2), $self->{php} ? 'proxy_fcgi' : ()],
        allow_override => 'All', config => join '', "Protocols h2c http/1.1\nAddHandler cgi-script .pl\n", $o{config}, map { $self->lines($_) } @names);
    $self->write_files($_) for @names;
    $httpd->write_file('htdocs/page.html', "page\n");
    return $self;
}

# The test writes its own files between new and begin.
sub begin {
    my ($self) = @_;
    $self->{httpd}->begin;
    $self->{fpm} = Fpm->start($self->{httpd}) if $self->{php};
    return $self->{httpd};
}

sub lines {
    my ($self, $name) = @_;
    my $lines = $self->{places}{$name};
    my $php = $self->{php} ? <<"END" : '';
<Location /$name/php>
$lines
    SetHandler "proxy:unix:%DIR%/php.sock|fcgi://localhost"
</Location>
END
    return $php . <<"END";
<LocationMatch ^/$name/(?:plain|document)/>
$lines
</LocationMatch>
<Location /$name/document>
    ErrorDocument 400 /page.html
    ErrorDocument 401 /page.html
    ErrorDocument 403 /page.html
</Location>
<Directory %DIR%/htdocs/$name/index>
    DirectoryIndex index.pl
    <Files index.pl>
$lines
    </Files>
</Directory>
<Directory %DIR%/htdocs/$name/fallback>
    DirectoryIndex disabled
    FallbackResource /$name/plain/x.pl
</Directory>
<Location /$name/action>
    SetHandler to-$name
</Location>
Action to-$name /$name/plain/x.pl virtual
<Location /$name/proxied>
$lines
    ProxyPass @{[$self->{backend}->base]}/$name/proxied
    ProxyErrorOverride On
</Location>
END
}

sub write_files {
    my ($self, $name) = @_;
    my $httpd = $self->{httpd};
    my $lines = $self->{places}{$name} =~ s{%DIR%}{$httpd->{dir}}gr;
    my $script = $httpd->slurp('cgi/env.pl');
    $httpd->write_file("htdocs/$name/$_.pl", $script, 0755) for qw(plain/x document/x index/index h/x front/index);
    $httpd->write_file("htdocs/$name/$_/.keep", '') for qw(fallback action);
    $httpd->write_file("htdocs/$name/h/.htaccess", $lines);
    $httpd->write_file("htdocs/$name/front/.htaccess", "RewriteEngine On\nRewriteCond %{REQUEST_FILENAME} !-f\nRewriteRule ^ index.pl [L]\n<Files index.pl>\n$lines</Files>\n");
    $httpd->write_file("htdocs/$name/php/x.php", '<?php echo json_encode($_SERVER);');
    return;
}

sub all {
    my ($self) = @_;
    my @shapes = (
        ['a plain request' => '/plain/x.pl'], ['POST' => '/plain/x.pl', method => 'POST'], ['HEAD' => '/plain/x.pl', method => 'HEAD'],
        ['a .htaccess' => '/h/x.pl'], ['DirectoryIndex' => '/index/'], ['FallbackResource' => '/fallback/any/thing'], ['an internal redirect' => '/action/x'],
        ['a front controller in .htaccess' => '/front/any/thing'], ['an error document' => '/document/x.pl', document => 1], ['mod_proxy' => '/proxied', proxied => 1],
        $self->{php} ? ['PHP-FPM' => '/php/x.php'] : (),
    );
    my @two = grep { $_->[0] =~ /plain|DirectoryIndex|controller|document|proxy|PHP/ } @shapes;
    return @shapes, $self->{httpd}->can_http2 ? map { my ($what, @rest) = @$_; ["$what over HTTP/2", @rest, two => 1] } @two : ();
}

# NAME may end in a query.
sub ask {
    my ($self, $name, $shape, @headers) = @_;
    my (undef, $path, %o) = @$shape;
    my ($place, $query) = $name =~ /^(\w+)(\?.*)?$/;
    my $method = $o{method} || 'GET';
    my @what = ($method, "/$place$path" . ($query // ''), $method eq 'POST' ? 'x' : undef, @headers);
    return $o{two} ? $self->{httpd}->request2(@what) : $self->{httpd}->request(@what);
}

1;
