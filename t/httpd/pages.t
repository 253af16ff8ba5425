# SPDX-License-Identifier: Apache-2.0
#
# Each configuration that README and docs show is one that httpd takes.
# Not under a sanitizer: the parser of httpd.conf does the work.
use strict;
use warnings;
use Test::More;
use File::Path qw(remove_tree);
use Httpd;

my @modules = qw(proxy proxy_http headers rewrite dav dav_fs dav_svn authz_svn);

# The blocks of a page, each with its place.
sub blocks {
    my ($page) = @_;
    my (@blocks, $open);

    open my $in, '<', "$Httpd::root/$page" or die "$page: $!";
    while (<$in>) {
        if (/^```(\w*)/ && !$open) {
            $open = {place => "$page:$.", text => '', kind => $1};
        } elsif (/^```/) {
            push @blocks, $open if $open->{kind} eq 'apache';
            undef $open;
        } elsif ($open) {
            $open->{text} .= $_;
        }
    }
    return @blocks;
}

# What a block needs around it: its files, and where it may stand.
sub framed {
    my ($block) = @_;
    my $text = $block->{text};

    $text =~ s{/etc/apache2/introspect/}{%DIR%/}g;
    $text =~ s{exec:/usr/local/bin/[-\w]+}{exec:/bin/pwd}g;
    $text =~ s/\$\{APACHE_LOG_DIR\}/%DIR%/g;
    $text =~ s/^Log/# Log/mg if $text =~ /\A(?:#.*\n)*Require/;    # no place of a section
    $text = "<Location \"/x\">\n$text</Location>\n"
        if $text =~ /^(?:<?Require|<If)/m && $text !~ /^<(?:Location|Directory|Files|VirtualHost|AuthnProviderAlias|AuthzProviderAlias)/m;
    $text = join '', (map {"<IntrospectServer $_>\nIntrospectEndpoint https://$_.example/introspect\nIntrospectClientAuth none\nIntrospectClientID rs\nIntrospectTokenPrefix $_\n</IntrospectServer>\n"}
        map { split } $text =~ /^Require introspect-server (.*)/mg), $text if $text !~ /^<IntrospectServer/m;
    $text .= "IntrospectCacheSecret file:%DIR%/cache-secret\n" if $text =~ /^IntrospectCache .*redis/m;
    $text .= "IntrospectCache shm redis:127.0.0.1:6379\n" if $text =~ /^IntrospectCache(?:Secret|Password)/ && $text !~ /^IntrospectCache /m;
    $text .= "IntrospectCacheSecret file:%DIR%/cache-secret\n" if $text =~ /^IntrospectCachePassword/;
    return $text if $text =~ /^(?:IntrospectCache|IntrospectCacheSecret|IntrospectCachePassword|<AuthnProviderAlias|DavLockDB)\b/m;
    return "<VirtualHost 127.0.0.1:%PORT%>\n$text</VirtualHost>\n";
}

# What httpd says about this configuration, in one that knows an authorization
# server; undef: it takes it.
sub complaint {
    my ($text) = @_;
    my $httpd = Httpd->prepare(modules => \@modules, config => <<"END" . $text);
IntrospectEndpoint https://as.example/introspect
IntrospectClientID rs
IntrospectClientSecret file:%DIR%/client-secret
IntrospectIssuer https://as.example
IntrospectJWKSURL https://as.example/jwks
END
    my $dir = $httpd->{dir};

    $httpd->write_file($_, "a secret:of these pages\n") for $httpd->slurp('httpd.conf') =~ m{\Qfile:$dir\E/([-.\w]+)}g;
    my $key = 'ec -pkeyopt ec_paramgen_curve:P-256';
    system("openssl req -x509 -newkey $key -nodes -keyout $dir/rs.key -out $dir/rs.pem -subj /CN=rs >/dev/null 2>&1;"
        . "cp $dir/rs.pem $dir/ca.pem; cp $dir/rs.key $dir/client-key.pem");
    my $status = $httpd->run('-t');
    my $said = $httpd->{output};
    remove_tree($dir);
    $httpd->{ended} = 1;
    return $status == 0 ? undef : $said;
}

my @pages = map { substr $_, length("$Httpd::root/") } glob("$Httpd::root/README.md $Httpd::root/docs/*.md $Httpd::root/docs/*/*.md");
my @blocks = map { blocks($_) } @pages;
ok(@blocks > 0, 'there are configurations to read');

# All at once where they take each other, or one by one to find which.
my (@alone, @together);
push @{framed($_) =~ /^<VirtualHost/ ? \@together : \@alone}, $_ for @blocks;
if (defined complaint(join '', map { framed($_) } @together)) {
    push @alone, @together;
} else {
    pass($_->{place}) for @together;
}
is(complaint(framed($_)), undef, $_->{place}) for @alone;

isnt(complaint("IntrospectEndpont https://as.example/i\n"), undef, 'a word that is none would be found');
done_testing;
