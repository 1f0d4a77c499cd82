// A partner company as a process of its own, for tests and demonstrations: its members have points and link their
// accounts by OAuth 2.0 (RFC 6749, with PKCE of RFC 7636 and revocation of RFC 7009); what they convert is reserved,
// confirmed or cancelled under the switch's reference (net/partner_calls.hpp). Written apart from the switch and in
// another language, so that both agree by the protocol alone.
//
//   node partner.mjs --redirect-uri URI [--client-id meguri] [--client-secret secret] [--state FILE] [--port 0]
//                    [--members alice=20000,bob=300] [--token-seconds 3600]
//
// It says `ready port=N` on standard output. All that it knows is in FILE before it answers, so it can be killed at any
// moment. For tests, without any key:
//
//   GET  /books                                          accounts, conversions, and how often each call came
//   POST /faults {"call": "reserve", "kind": "late", "times": 1}     what goes wrong next
//        call: token, account, reserve, confirm, cancel, revoke
//        kind: error (500, nothing is done), silent (nothing is done, no answer), late (done, no answer),
//              refused (422), unauthorized (401)
//   the consent page takes &account=alice&decision=approve, or deny, in its address, as its form sends them
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';

const { values: set } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    state: { type: 'string', default: '' },
    members: { type: 'string', default: 'alice=20000,bob=300' },
    'client-id': { type: 'string', default: 'meguri' },
    'client-secret': { type: 'string', default: 'secret' },
    'redirect-uri': { type: 'string' },
    'token-seconds': { type: 'string', default: '3600' },
  },
});
const tokenSeconds = Number(set['token-seconds']);

const members = Object.fromEntries(set.members.split(',').map((one) => one.split('=')));
const fresh = {
  accounts: Object.fromEntries(
    Object.entries(members).map(([name, points]) => [name, { points: Number(points), sub: `m-${randomText(9)}` }]),
  ),
  codes: {}, // digest of a code -> who consented, and to what
  tokens: {}, // digest of a token -> whose it is
  conversions: {}, // by the switch's reference
  calls: {},
};
const known = set.state !== '' && existsSync(set.state) ? JSON.parse(readFileSync(set.state, 'utf8')) : fresh;
const faults = [];

function keep() {
  if (set.state === '') return;
  writeFileSync(`${set.state}.new`, JSON.stringify(known));
  renameSync(`${set.state}.new`, set.state);
}
function randomText(bytes) {
  return randomBytes(bytes).toString('base64url');
}
function digest(text) {
  return createHash('sha256').update(text).digest('base64url');
}
function same(a, b) {
  return timingSafeEqual(Buffer.from(digest(a)), Buffer.from(digest(b)));
}

class Refused extends Error {
  constructor(status, error) {
    super(error);
    this.status = status;
    this.error = error;
  }
}

// --- who asks ---

function checkClient(request) {
  const [kind, text] = (request.headers.authorization ?? '').split(' ');
  const pair = Buffer.from(text ?? '', 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  const id = decodeURIComponent(pair.slice(0, colon));
  const secret = decodeURIComponent(pair.slice(colon + 1));
  if (kind !== 'Basic' || !same(id, set['client-id']) || !same(secret, set['client-secret']))
    throw new Refused(401, 'invalid_client');
}

function memberOf(request) {
  const [kind, token] = (request.headers.authorization ?? '').split(' ');
  const found = kind === 'Bearer' ? known.tokens[digest(token ?? '')] : undefined;
  if (found === undefined || found.kind !== 'access' || found.ends <= Date.now()) throw new Refused(401, 'invalid_token');
  return found.account;
}

// --- OAuth ---

function giveTokens(account, grant) {
  const access = randomText(32);
  const refresh = randomText(32);
  known.tokens[digest(access)] = { kind: 'access', account, grant, ends: Date.now() + tokenSeconds * 1000 };
  known.tokens[digest(refresh)] = { kind: 'refresh', account, grant };
  return { access_token: access, token_type: 'Bearer', expires_in: tokenSeconds, refresh_token: refresh };
}

function endGrant(grant) {
  for (const [key, one] of Object.entries(known.tokens)) if (one.grant === grant) delete known.tokens[key];
}

// RFC 6749, 4.1.1 and 4.1.2: whoever names another redirect URI or client is shown an error and sent nowhere.
function authorize(query) {
  if (query.get('client_id') !== set['client-id'] || query.get('redirect_uri') !== set['redirect-uri'])
    return { status: 400, html: '<p>この連携要求は正しくありません。</p>' };
  const back = new URL(set['redirect-uri']);
  back.searchParams.set('state', query.get('state') ?? '');
  const redirect = () => ({ status: 302, location: back.href });
  if (
    query.get('response_type') !== 'code' ||
    query.get('code_challenge_method') !== 'S256' ||
    !/^[A-Za-z0-9_-]{43}$/.test(query.get('code_challenge') ?? '')
  ) {
    back.searchParams.set('error', 'invalid_request');
    return redirect();
  }
  const account = query.get('account');
  const decision = query.get('decision');
  if (decision === 'deny') {
    back.searchParams.set('error', 'access_denied');
    return redirect();
  }
  if (decision !== 'approve' || known.accounts[account] === undefined) return { status: 200, html: consentPage(query) };
  const code = randomText(24);
  known.codes[digest(code)] = { account, challenge: query.get('code_challenge'), ends: Date.now() + 60_000 };
  keep();
  back.searchParams.set('code', code);
  return redirect();
}

function escaped(text) {
  return text.replace(/[&<>"]/g, (one) => `&#${one.charCodeAt(0)};`);
}

function consentPage(query) {
  const kept = [...query].filter(([name]) => name !== 'account' && name !== 'decision');
  const hidden = kept.map(([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`);
  const options = Object.keys(known.accounts).map((name) => `<option>${escaped(name)}</option>`);
  return `<h1>ポイント交換の連携</h1><form>${hidden.join('')}
    <label>会員 <select name="account">${options.join('')}</select></label>
    <button name="decision" value="approve">同意する</button> <button name="decision" value="deny">同意しない</button></form>`;
}

function token(request, form) {
  checkClient(request);
  if (form.get('grant_type') === 'authorization_code') {
    const key = digest(form.get('code') ?? '');
    const given = known.codes[key];
    if (given === undefined || given.ends <= Date.now()) throw new Refused(400, 'invalid_grant');
    if (given.used) {
      endGrant(key); // RFC 6749, 4.1.2: somebody else has the code, too
      throw new Refused(400, 'invalid_grant');
    }
    given.used = true;
    const fits = digest(form.get('code_verifier') ?? '') === given.challenge;
    if (!fits || form.get('redirect_uri') !== set['redirect-uri']) throw new Refused(400, 'invalid_grant');
    return giveTokens(given.account, key);
  }
  if (form.get('grant_type') !== 'refresh_token') throw new Refused(400, 'unsupported_grant_type');
  const key = digest(form.get('refresh_token') ?? '');
  const before = known.tokens[key];
  if (before === undefined || before.kind !== 'refresh') throw new Refused(400, 'invalid_grant');
  endGrant(before.grant); // each refresh token is good once
  return giveTokens(before.account, before.grant);
}

function revoke(request, form) {
  checkClient(request);
  const found = known.tokens[digest(form.get('token') ?? '')];
  if (found !== undefined) endGrant(found.grant);
  return {};
}

// --- conversions ---

function reserve(request, reference, body) {
  const account = memberOf(request);
  const before = known.conversions[reference];
  if (before !== undefined) {
    const isSame = before.status === 'cancelled' || (before.account === account && before.units === body.units);
    if (!isSame) throw new Refused(409, 'reference_reused');
    return { status: before.status };
  }
  if (!Number.isSafeInteger(body.units) || body.units < 1) throw new Refused(422, 'invalid_units');
  if (known.accounts[account].points < body.units) throw new Refused(422, 'insufficient_points');
  known.accounts[account].points -= body.units;
  known.conversions[reference] = { account, units: body.units, status: 'reserved' };
  return { status: 'reserved' };
}

function end(request, reference, how) {
  checkClient(request);
  const before = known.conversions[reference];
  const other = how === 'confirmed' ? 'cancelled' : 'confirmed';
  if (how === 'confirmed' && before === undefined) throw new Refused(404, 'unknown_reference');
  if (before?.status === other) throw new Refused(409, `already_${other}`);
  if (how === 'cancelled' && before?.status === 'reserved') known.accounts[before.account].points += before.units;
  known.conversions[reference] = { ...before, status: how };
  return { status: how };
}

// --- the server ---

// Which call it is, and what does it.
function callOf(method, path) {
  const conversion = /^\/v1\/conversions\/([A-Za-z0-9_-]{1,64})(?:\/(confirmation|cancellation))?$/.exec(path);
  if (method === 'POST' && path === '/oauth/token') return ['token', (request, body) => token(request, new URLSearchParams(body))];
  if (method === 'POST' && path === '/oauth/revoke')
    return ['revoke', (request, body) => revoke(request, new URLSearchParams(body))];
  if (method === 'GET' && path === '/v1/account')
    return ['account', (request) => {
      const { sub, points } = known.accounts[memberOf(request)];
      return { sub, points };
    }];
  if (conversion === null) return undefined;
  const [, reference, ending] = conversion;
  if (method === 'PUT' && ending === undefined)
    return ['reserve', (request, body) => reserve(request, reference, JSON.parse(body))];
  if (method === 'POST' && ending === 'confirmation') return ['confirm', (request) => end(request, reference, 'confirmed')];
  if (method === 'POST' && ending === 'cancellation') return ['cancel', (request) => end(request, reference, 'cancelled')];
  return undefined;
}

function takeFault(call) {
  const at = faults.findIndex((one) => one.call === call && one.times > 0);
  if (at < 0) return undefined;
  faults[at].times -= 1;
  return faults[at].kind;
}

function answer(response, status, value) {
  const text = JSON.stringify(value);
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) });
  response.end(text);
}

function serve(request, response, body) {
  const url = new URL(request.url, 'http://partner');
  if (request.method === 'GET' && url.pathname === '/books')
    return answer(response, 200, { accounts: known.accounts, conversions: known.conversions, calls: known.calls });
  if (request.method === 'POST' && url.pathname === '/faults') {
    faults.push({ times: 1, ...JSON.parse(body) });
    return answer(response, 200, {});
  }
  if (request.method === 'GET' && url.pathname === '/oauth/authorize') {
    const { status, html, location } = authorize(url.searchParams);
    const page = html ?? '';
    response.writeHead(status, {
      'Content-Length': Buffer.byteLength(page),
      ...(location ? { Location: location } : { 'Content-Type': 'text/html; charset=utf-8' }),
    });
    return response.end(page);
  }
  const call = callOf(request.method, url.pathname);
  if (call === undefined) return answer(response, 404, { error: 'not_found' });
  const [name, perform] = call;
  known.calls[name] = (known.calls[name] ?? 0) + 1;
  const fault = takeFault(name);
  if (fault === 'silent') return undefined;
  if (fault === 'error') return answer(response, 500, { error: 'server_error' });
  if (fault === 'refused') return answer(response, 422, { error: 'refused' });
  if (fault === 'unauthorized') return answer(response, 401, { error: 'invalid_token' });
  let result = {};
  let status = 200;
  try {
    result = perform(request, body);
  } catch (failed) {
    if (!(failed instanceof Refused) && !(failed instanceof SyntaxError)) throw failed;
    status = failed.status ?? 400;
    result = { error: failed.error ?? 'invalid_request' };
  }
  keep();
  if (fault === 'late') return undefined;
  return answer(response, status, result);
}

const server = createServer((request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => serve(request, response, Buffer.concat(parts).toString('utf8')));
});
server.listen(Number(set.port), '127.0.0.1', () => process.stdout.write(`ready port=${server.address().port}\n`));
