// For the business: where the points are, how they move, and that the books balance.
import { dashboard } from './dashboard.mjs';
import { gained, of, part, quantile, rate, sum } from './expression.mjs';
import { graph, matrix, number } from './panel.mjs';

const points = (state: string): string => of('meguri_program_points', `program=~"$program", state="${state}"`);
const parts_of_issued = 'program=~"$program", state!="issued"';
const all_decided = sum(rate('meguri_payments_total'));

export const ledger_and_programs = dashboard({
  uid: 'meguri-ledger',
  title: 'Meguri: ledger and programs',
  description: 'Where the points of each program are, how they move, and that the books balance. 1 point is 1 yen.',
  from: 'now-6h',
  per_program: true,
  sections: [
    {
      title: 'The books',
      panels: [
        number({
          title: 'Imbalance',
          shows: 'Debits less credits, added up over all programs.',
          normal: '0, always: the switch ends itself before it writes an entry that does not balance.',
          act: 'this is the gravest alarm there is. Stop payments, keep the data folder as it is, run `meguri verify` on a copy.',
          runbook: 'MeguriLedgerImbalance',
          unit: 'count:points',
          expr: sum(of('meguri_ledger_imbalance_points')),
          decimals: 0,
          thresholds: [
            [null, 'red'],
            [0, 'green'],
            [1, 'red'],
          ],
        }),
        number({
          title: 'Issued, not accounted for',
          shows:
            'Points issued less those available, held, unsettled, settled, expired, cancelled and passed on to another program.',
          normal: '0: every point that was issued is in exactly one of these states.',
          act: 'as for the imbalance.',
          runbook: 'MeguriLedgerImbalance',
          unit: 'count:points',
          expr: `${sum(points('issued'))} - ${sum(of('meguri_program_points', parts_of_issued))}`,
          decimals: 0,
          thresholds: [
            [null, 'red'],
            [0, 'green'],
            [1, 'red'],
          ],
        }),
        number({
          title: 'Residents can spend',
          shows: 'Points available in all wallets of the chosen programs.',
          normal: 'rises with grants, falls with payments and at the end of a period of validity.',
          act: 'a jump that no grant or campaign explains: compare with the list of grants of that hour.',
          unit: 'count:points',
          expr: sum(points('available')),
        }),
        number({
          title: 'Held',
          shows: 'Points held by payments that are authorized and not captured yet.',
          normal: 'little: holds end by capture, void, or by themselves.',
          act: 'it grows without end: a merchant authorizes and never captures.',
          unit: 'count:points',
          expr: sum(points('held')),
        }),
        number({
          title: 'Owed to merchants',
          shows: 'Points captured and not settled yet.',
          normal: 'rises until the next settlement.',
          act: 'it does not fall at a settlement: ask who runs it.',
          unit: 'count:points',
          expr: sum(points('unsettled')),
        }),
        number({
          title: 'Operations lost',
          shows: 'Operations in the time shown that were dropped without an answer.',
          normal: '0: any is a bug.',
          act: 'the caller got 503 and asks again. Keep the log and report it.',
          runbook: 'MeguriOperationsLost',
          unit: 'none',
          decimals: 0,
          whole_range: true,
          expr: gained('meguri_operations_lost_total'),
          thresholds: [
            [null, 'green'],
            [1, 'red'],
          ],
        }),
      ],
    },
    {
      title: 'Points',
      panels: [
        matrix({
          title: 'Points per program and state',
          shows: 'Where the points of each program are now.',
          normal: 'issued is the sum of the other states in every row.',
          act: 'a row that does not add up: as for the imbalance.',
          runbook: 'MeguriLedgerImbalance',
          unit: 'locale', // every point, with separators
          height: 6,
          expr: sum(of('meguri_program_points', 'program=~"$program"'), 'program, state'),
          rows: 'program',
          columns: 'state',
        }),
        graph({
          title: 'Points by state',
          shows: 'Where all issued points of the chosen programs are.',
          normal:
            'the whole height is what was issued; it moves from available to unsettled to settled, or to expired; undecided points are passed on to the program that was chosen.',
          act: 'the height falls: impossible by the rules, see the imbalance.',
          runbook: 'MeguriLedgerImbalance',
          unit: 'count:points',
          stacked: true,
          queries: [[sum(of('meguri_program_points', parts_of_issued), 'state'), '{{state}}']],
        }),
        graph({
          title: 'Available per program',
          shows: 'Points that residents can spend, by program.',
          normal: 'falls slowly, rises with grants.',
          act: 'near 0 in one program: its residents will see `insufficient_points`; tell the municipality.',
          unit: 'count:points',
          table: true,
          queries: [[sum(points('available'), 'program'), '{{program}}']],
        }),
        graph({
          title: 'Issued in an hour',
          shows: 'Points issued in the hour before, by program.',
          normal: '0 outside of grants and campaigns.',
          act: "more than the campaign's budget: freeze the program and ask the municipality.",
          unit: 'count:points',
          table: true,
          queries: [[sum(`delta(${points('issued')}[1h])`, 'program'), '{{program}}']],
        }),
        graph({
          title: 'Expired and cancelled in an hour',
          shows: 'Points that expired or were cancelled in the hour before.',
          normal: 'expiry comes at midnight in Japan at the end of a period, when a wallet is next met.',
          act: 'much at another time: compare the clock of the machine with the true time; the switch does not follow jumps over 60 s.',
          unit: 'count:points',
          queries: [
            [sum(`delta(${points('expired')}[1h])`), 'expired'],
            [sum(`delta(${points('cancelled')}[1h])`), 'cancelled'],
          ],
        }),
      ],
    },
    {
      title: 'Payments and entries',
      panels: [
        graph({
          title: 'Payments by outcome',
          shows: 'Payments decided per second by outcome.',
          normal: '*approved* leads by far.',
          act: 'see *Declines by code* on *Payment path*.',
          unit: 'count:payments/s',
          width: 8,
          table: true,
          queries: [[sum(rate('meguri_payments_total'), 'outcome'), '{{outcome}}']],
        }),
        graph({
          title: 'Share of approvals',
          shows: 'The share of payments that were approved.',
          normal: 'steady through the day.',
          act: 'it falls: which decline code grew, in which program?',
          unit: 'percentunit',
          width: 8,
          max: 1,
          queries: [[part(sum(rate('meguri_payments_total', 'outcome="approved"')), all_decided), 'approved']],
        }),
        graph({
          title: 'Entries',
          shows: 'Entries made durable per second: payments, and all else that changes the ledger.',
          normal: 'somewhat above the rate of payments; far above it while grants are made in bulk.',
          act: 'many entries without payments: who makes them? See the routes on *HTTP and clients*.',
          unit: 'count:entries/s',
          width: 8,
          queries: [
            [sum(rate('meguri_journal_entries_total')), 'entries'],
            [all_decided, 'payments'],
          ],
        }),
      ],
    },
    {
      title: 'Partners, gateway, claw-backs',
      panels: [
        graph({
          title: 'Conversions from linked accounts under way',
          shows: 'Conversions that have not ended, and for how long the oldest one has been open.',
          normal: 'few, each for seconds.',
          act: 'they grow: which partner does not answer? `linked_conversion_waits` in the log.',
          runbook: 'MeguriLinkedConversionsWait',
          unit: 'none',
          width: 8,
          queries: [
            [sum(of('meguri_linked_conversions_open')), 'open'],
            [`max(${of('meguri_linked_conversion_wait_seconds')})`, 'oldest, seconds'],
          ],
        }),
        graph({
          title: 'Calls of partners',
          shows: 'Requests per second to partners about linked accounts, by result.',
          normal: 'answered nearly alone.',
          act: 'failed: the partner cannot be reached. refused: it does not confirm what it reserved.',
          runbook: 'MeguriLinkedConversionsWait',
          unit: 'cps',
          width: 8,
          queries: [[sum(rate('meguri_partner_calls_total'), 'result'), '{{result}}']],
        }),
        graph({
          title: 'Rows of claw-backs',
          shows:
            'Rows of approved claw-backs that wait, and those that came in the minute before, by what was left to take.',
          normal: '0; after an approval a slope that ends within seconds.',
          act: 'some wait and none comes: restart, it goes on where it stopped.',
          runbook: 'MeguriClawbackStuck',
          unit: 'count:rows',
          width: 8,
          queries: [
            [sum(of('meguri_clawback_rows_waiting')), 'waiting'],
            [sum(`increase(${of('meguri_clawback_rows_total')}[1m])`, 'result'), '{{result}}'],
          ],
        }),
        graph({
          title: 'Questions to the gateway',
          shows: 'Requests per second to the card gateway, by kind and result.',
          normal: 'answered nearly alone; mostly look_up.',
          act: 'failed: it cannot be reached. refused: is the key still good?',
          runbook: 'MeguriGatewayFailing',
          unit: 'cps',
          width: 8,
          table: true,
          queries: [[sum(rate('meguri_gateway_calls_total'), 'kind, result'), '{{kind}} {{result}}']],
        }),
        graph({
          title: 'Time of the gateway (p95)',
          shows:
            'The time within which 95 of 100 questions are answered by the gateway, by kind. The axis is logarithmic.',
          normal: 'tenths of a second.',
          act: 'it climbs to seconds: tell its contact. Payments at tills do not wait for it.',
          runbook: 'MeguriGatewayFailing',
          unit: 's',
          width: 8,
          logarithmic: true,
          queries: [[quantile(0.95, 'meguri_gateway_call_duration_seconds', 'kind'), '{{kind}}']],
        }),
        graph({
          title: 'Purchases by card under way',
          shows: 'Purchases by card that have not ended, refunds that are owed, and the age of the oldest of each.',
          normal: 'some, up to half an hour old: residents take their time. No refund is owed for long.',
          act: 'a refund that stays: it is the resident’s money, ask the gateway.',
          runbook: 'MeguriCardRefundsWait',
          unit: 'none',
          width: 8,
          table: true,
          queries: [
            [sum(of('meguri_card_purchases_open')), 'open'],
            [`max(${of('meguri_card_purchase_wait_seconds')})`, 'oldest, seconds'],
            [sum(of('meguri_card_refunds_owed')), 'refunds owed'],
            [`max(${of('meguri_card_refund_wait_seconds')})`, 'oldest refund, seconds'],
          ],
        }),
      ],
    },
  ],
});
