const GRAVE = '`';

/**
 * Request targets that nginx, a cache and an application may take for different ones: a page of somebody's own that looks like
 * a file, and one path written in many ways.
 */
export const ODD_TARGETS: readonly string[] = [
  ...String.raw`
  /account/x.css /account.css /account.json /account/x.css? /account/x.css/ /account?x.css /account?/x.css
  /account;x.css /account%3bx.css /account%2fx.css /account%2Fx.css /account%252fx.css /account/..%252fx.css
  /account%0ax.css /account%0d%0ax.css /account%09x.css /account%20x.css /account%20 /account+ /account%3fx.css
  /account%23x.css /account#x.css /account%00x.css /account%00 /account%01 /account%7f /account%c0%afx.css
  /static/..%2faccount /static/%2e%2e%2faccount /x/%2e%2e/account /x/%2E./account /x/../account /x/..;/account
  /x/..%3b/account /..%2faccount /../account /./account /.%2faccount /account/. /account/.. /account/...
  //account ///account /account// /account//x.css /x//../account /\account /x\..\account /x%5c..%5caccount
  /account%5cx.css /ACCOUNT /Account/X.CSS /%61ccount /%41CCOUNT /account. /account./ /account%2e /account!x.css
  /account@x.css /account&x.css /account'x.css /account$x.css /account,x.css /account:x.css /account=x.css
  /account*x.css /account~ /account|x.css /account"x.css /account<x.css /account^x /account${GRAVE}x /account{x}
  /account[x] /account%ef%bc%8fx.css /account%E2%80%AEx.css /account% /account%2 /account%zz /account%u002fx.css
  /robots.txt/../account /.well-known/../account /.nginx-memcache-site/../account /.nginx-memcache-site/page
  /.nginx-memcache-site%2fpage /%2enginx-memcache-site/page /.nginx-memcache-site/page?x
  http://www.example.com/account/x.css http://www.example.com?account * / /? /??account /account?a=%0d%0ax
`
    .trim()
    .split(/\s+/),
  ...['/account\\x.css', '/account\xff', '/account\xc3\xa9', '/account?\xff'],
];
