# SPDX-License-Identifier: Apache-2.0
#
# Shapes of requests by what httpd does with them: sub-requests, redirects,
# programs, backends. See compare.pl.
use strict;
use warnings;

my $backend;

sub many { my ($dir) = @_; return sub { $_[0]->write_file("htdocs/$dir/f$_.txt", "x\n") for 1 .. 50 } }

sub one { my ($name, $text) = @_; return sub { $_[0]->write_file("htdocs/$name", $text // "hello\n") } }

sub parts {
    my ($httpd) = @_;
    $httpd->write_file("htdocs/s/f$_.txt", "x\n") for 1 .. 10;
    $httpd->write_file('htdocs/s/page.shtml', join '', map {qq{<!--#include virtual="f$_.txt" -->\n}} 1 .. 10);
    return;
}

sub variants { my ($httpd) = @_; $httpd->write_file("htdocs/m/page.html.$_", "hello\n") for qw(en de fr); return }

sub program { my ($httpd) = @_; $httpd->write_file('cgi/hello.sh', "#!/bin/sh\necho 'Content-Type: text/plain\n\nhi'\n", 0755); return }

sub dav_files {
    my ($httpd) = @_;
    many('p')->($httpd);
    chmod 0777, $httpd->{dir};
    return;
}

sub request_shapes {
    $backend = AS->new(credentials => '');
    $backend->answer('/b/x' => {body => 'hello world'});
    my %ssi = (path => '/s/page.shtml', modules => ['include'], files => \&parts, requests => [100, 300],
        config => "AddType text/html .shtml\nAddOutputFilter INCLUDES .shtml\n");
    my %list = (path => '/l/', modules => ['autoindex'], files => many('l'), requests => [20, 60],
        config => "<Directory %DIR%/htdocs/l>\nOptions +Indexes\n</Directory>\n");
    my %four = (config => "DirectoryIndex a.html b.html c.html index.html\n");
    my %index = (path => '/d/', modules => ['dir'], files => one('d/index.html'));
    my $languages = join '', map {"AddLanguage $_ .$_\n"} qw(en de fr);
    return (
        {name => 'DirectoryIndex, first name', wanted => 11_000, %index},
        {name => 'DirectoryIndex, fourth name', wanted => 12_000, %index, %four},
        {name => 'DirectoryIndex, a file with settings of its own', alone => 1, %index,
            ours => "<Files index.html>\nIntrospectExportClaims sub\n</Files>\n"},
        {name => 'MultiViews, 3 variants', wanted => 18_000, path => '/m/page', modules => ['negotiation'], files => \&variants,
            config => "<Directory %DIR%/htdocs/m>\nOptions +MultiViews\n</Directory>\n${languages}LanguagePriority en de fr\n"},
        {name => 'PATH_INFO to a CGI program', wanted => 37_000, path => '/cgi/hello.sh/a/b', files => \&program, requests => [50, 150]},
        {name => 'SSI page, 10 parts', wanted => 28_000, %ssi},
        {name => 'SSI page, 10 parts with settings of their own', alone => 1, %ssi,
            ours => "<FilesMatch \"^f.*txt\$\">\nIntrospectLeeway 10s\n</FilesMatch>\n"},
        {name => 'a listing of 50 files', wanted => 112_000, %list},
        {name => 'the same listing, 400 claims', wanted => 700_000, alone => 1, %list,
            claims => {map { ("claim_$_" => "value $_") } 1 .. 400}},
        {name => 'PROPFIND, depth 1, 50 files', wanted => 38_000, path => '/p/', method => 'PROPFIND', status => 207,
            headers => ['Depth: 1', 'Content-Length: 0'], modules => [qw(dav dav_fs)], files => \&dav_files, requests => [20, 60],
            config => "DavLockDB %DIR%/lock\n<Directory %DIR%/htdocs/p>\nDav On\n</Directory>\n"},
        {name => 'an open place, 60 request headers; header export under 11 prefixes elsewhere', wanted => 3000, alone => 1,
            control => 'token', token => '', section => 'Require all granted', headers => [map {"X-Header-$_: value"} 1 .. 58],
            ours => join '', map {"<Location /p$_>\nIntrospectExport header\nIntrospectExportPrefix X_P${_}_\n</Location>\n"} 1 .. 11},
        {name => '22 headers through mod_proxy', wanted => 28_000, alone => 1, path => '/b/x', modules => [qw(proxy proxy_http)],
            config => "ProxyPass /b/ @{[$backend->base]}/b/\n", section => 'IntrospectExport header'},
        {name => 'a prefix of its own; control: the usual one', wanted => 1000, alone => 1, section => 'IntrospectExportPrefix TOKEN_',
            control => {section => ''}},
        {name => '`IntrospectForwardToken Off`; control: `On`', alone => 1, section => 'IntrospectForwardToken Off',
            control => {section => ''}},
    );
}

1;
