package io.cosell.processes;

import io.cosell.sandbox.Crm;
import io.cosell.sandbox.CrmRecord;
import io.cosell.sandbox.CrmSeller;
import io.cosell.sandbox.Deal;
import io.cosell.sandbox.DealField;
import io.cosell.sandbox.Sandboxes;
import io.cosell.sandbox.partnercenter.ExampleReferrals;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What people do on both sides, and what must come of it. The partner edits values and the seller notes, so that each last edit has to
 * be on both sides at the end; everything is looked at from outside, in the two systems alone.
 */
final class Deals {

    /** What the last edits of a deal were. */
    private static final class Wanted {
        private BigDecimal value;
        private String notes;
    }

    private final Sandboxes sandboxes;
    private final CrmSeller seller;
    private final Random random;
    private final Map<String, Wanted> wanted = new TreeMap<>();
    private int edits;

    Deals(Sandboxes sandboxes, long seed) {
        this.sandboxes = sandboxes;
        seller = Crm.DYNAMICS_365.seller(sandboxes);
        random = new Random(seed);
    }

    /** One act of somebody, drawn from the seed. */
    synchronized void act() {
        int draw = random.nextInt(100);
        if (wanted.size() < 4 || draw < 8) {
            madeInPartnerCenter();
        } else if (draw < 16) {
            madeInTheCrm(draw < 12);
        } else if (draw < 58) {
            partnerEdits();
        } else {
            sellerEdits();
        }
    }

    private Wanted next(String name, int value) {
        Wanted deal = new Wanted();
        deal.value = BigDecimal.valueOf(value);
        deal.notes = "Notes on " + name;
        wanted.put(name, deal);
        return deal;
    }

    /** A deal that the partner makes in Partner Center; returns its name. */
    synchronized String madeInPartnerCenter() {
        String name = "PC deal " + (wanted.size() + 1);
        Wanted deal = next(name, 10_000 + random.nextInt(1000));
        Map<String, Object> referral = ExampleReferrals.outbound();
        referral.put("name", name);
        part(referral, "customerProfile").put("name", "Customer of " + name);
        part(referral, "details").put("notes", deal.notes);
        part(referral, "details").put("dealValue", deal.value);
        sandboxes.partnerCenter().partnerCreates(referral);
        return name;
    }

    /** A deal that a seller makes in the CRM and shares; returns its name. */
    synchronized String madeInTheCrm(boolean asksForHelp) {
        String name = "CRM deal " + (wanted.size() + 1);
        Wanted deal = next(name, 20_000 + random.nextInt(1000));
        String opportunity = seller.makesOpportunity("Customer of " + name, new Deal(name, deal.value, "USD", LocalDate.of(2027, 3, 31),
            deal.notes, "Active/Accepted", List.of("SOL-34104-EBB")));
        if (asksForHelp) {
            seller.edits(opportunity, DealField.HELP, "CustomerTechnicalArchitecture");
        }
        seller.shares(opportunity);
        return name;
    }

    private void partnerEdits() {
        List<Map<String, Object>> referrals = sandboxes.partnerCenter().referrals();
        Map<String, Object> referral = referrals.get(random.nextInt(referrals.size()));
        BigDecimal value = BigDecimal.valueOf(30_000 + ++edits);
        wanted.get(nameOf(referral)).value = value;
        sandboxes.partnerCenter().partnerEdits((String) referral.get("id"), Map.of("/details/dealValue", value));
    }

    private void sellerEdits() {
        List<CrmRecord> records = seller.records();
        if (!records.isEmpty()) {
            CrmRecord record = records.get(random.nextInt(records.size()));
            String notes = "Edit " + ++edits;
            wanted.get(record.deal().name()).notes = notes;
            seller.edits(record.id(), DealField.NOTES, notes);
        }
    }

    /** How many deals there should be, and how often they were edited. */
    synchronized String figures() {
        return wanted.size() + " deals, " + edits + " edits";
    }

    /** Whether this deal is in the CRM. */
    boolean isInTheCrm(String name) {
        return seller.records().stream().anyMatch(record -> record.deal().name().equals(name));
    }

    /** What is not as it must be, one line each; empty if no deal is lost, none is doubled, and all are equal with the last edits. */
    synchronized List<String> wrong() {
        Map<String, List<Map<String, Object>>> referrals = sandboxes.partnerCenter().referrals().stream()
            .collect(Collectors.groupingBy(Deals::nameOf));
        Map<String, List<CrmRecord>> records = seller.records().stream().collect(Collectors.groupingBy(record -> record.deal().name()));
        List<String> wrong = new ArrayList<>();
        wanted.forEach((name, deal) -> {
            List<Map<String, Object>> ofPartner = referrals.getOrDefault(name, List.of());
            List<CrmRecord> ofSeller = records.getOrDefault(name, List.of());
            if (ofPartner.size() != 1 || ofSeller.size() != 1) {
                wrong.add(name + ": " + ofPartner.size() + " times in Partner Center, " + ofSeller.size() + " times in the CRM");
                return;
            }
            Map<String, Object> referral = ofPartner.get(0);
            CrmRecord record = ofSeller.get(0);
            expect(wrong, name + ": identifier in the record", referral.get("id"), record.referralId());
            expect(wrong, name + ": CRM id in the referral", record.id(), referral.get("externalReferenceId"));
            expect(wrong, name + ": value in Partner Center", deal.value, number(part(referral, "details").get("dealValue")));
            expect(wrong, name + ": value in the CRM", deal.value, record.deal().value());
            expect(wrong, name + ": notes in Partner Center", deal.notes, part(referral, "details").get("notes"));
            expect(wrong, name + ": notes in the CRM", deal.notes, record.deal().notes());
        });
        sandboxes.partnerCenter().microsoftReferrals().stream()
            .collect(Collectors.groupingBy(referral -> (String) referral.get("engagementId"), Collectors.counting()))
            .forEach((engagement, times) -> expect(wrong, "Microsoft's referrals of engagement " + engagement, 1L, times));
        return wrong;
    }

    /** Changes that the connector made on either side so far. */
    long writes() {
        return seller.system().history().size()
            + sandboxes.partnerCenter().count(call -> call.isWrite() && call.path().contains("/referrals"));
    }

    private static void expect(List<String> wrong, String what, Object wanted, Object found) {
        boolean equal = wanted instanceof BigDecimal number && found instanceof BigDecimal other ? number.compareTo(other) == 0
            : wanted.equals(found);
        if (!equal) {
            wrong.add(what + " is " + found + " instead of " + wanted);
        }
    }

    private static BigDecimal number(Object value) {
        return value == null ? null : new BigDecimal(value.toString());
    }

    private static String nameOf(Map<String, Object> document) {
        return ((String) document.get("name")).replaceFirst("^[✔✖] ", "");
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> part(Map<String, Object> document, String name) {
        return (Map<String, Object>) document.get(name);
    }
}
