package io.cosell.simulation;

import static io.cosell.simulation.Sight.text;

import io.cosell.sandbox.CrmRecord;
import io.cosell.sandbox.CrmSeller;
import io.cosell.sandbox.Customer;
import io.cosell.sandbox.DealField;
import io.cosell.sandbox.Person;
import io.cosell.sandbox.SandboxSystem;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What sellers do and see in a CRM, whichever it is: all that the simulation has to know about it. */
final class CrmUser {

    /** What the connector asks a CRM's changes by. */
    private static final List<String> TABLES = List.of("opportunity", "lead", "solution");
    private static final String LEAD = "lead";
    private static final String GOES_ON = "the deal goes on as an opportunity";
    /** Fields of a {@link Sight} as sellers know them; a record that does not keep one does not show it. */
    private static final Map<String, DealField> FIELDS = Map.of(Sight.NAME, DealField.NAME, Sight.VALUE, DealField.VALUE, Sight.CLOSING,
        DealField.CLOSING, Sight.NOTES, DealField.NOTES, Sight.VISIBLE, DealField.VISIBLE, Sight.MSX, DealField.MSX_ID);
    private static final Set<String> NEW_OR_OPEN = Set.of("New", "Active");

    private final CrmSeller seller;

    CrmUser(CrmSeller seller) {
        this.seller = seller;
    }

    SandboxSystem system() {
        return seller.system();
    }

    /** Tables that the connector asks for changes. */
    List<String> tables() {
        return TABLES;
    }

    /** Makes a customer with a contact, and an open deal of this name. */
    void makesDeal(String name, int amount, LocalDate closing, List<String> solutions, boolean shared) {
        String account = seller.makesAccount(new Customer("Customer of " + name, "1 Main Street", "Redmond", null, "98052", "US"));
        Map<DealField, Object> values = new EnumMap<>(DealField.class);
        values.put(DealField.NAME, name);
        values.put(DealField.NOTES, "Notes on " + name);
        values.put(DealField.VALUE, amount);
        values.put(DealField.CLOSING, closing.toString());
        values.put(DealField.CURRENCY, "USD");
        values.put(DealField.ACCOUNT, account);
        values.put(DealField.CONTACT, seller.makesContact(account, new Person("Carla", "Customer", "carla@customer.example", "2065550199")));
        String id = seller.makesOpportunity(values);
        solutions.forEach(solution -> seller.addsSolution(id, solution));
        if (shared) {
            seller.shares(id);
        }
    }

    /** Changes the name, the amount, the closing date or the notes; nothing where the record does not keep it. */
    void edits(Sight record, String field, String value) {
        if (record.fields().containsKey(field)) {
            seller.edits(record.id(), FIELDS.get(field), !field.equals(Sight.VALUE) ? value : value.isEmpty() ? null : new BigDecimal(value));
        }
    }

    void sharesWithPartnerCenter(Sight record, boolean on) {
        seller.edits(record.id(), DealField.SYNC, on);
    }

    void asksForHelp(Sight record) {
        seller.edits(record.id(), DealField.HELP, "CustomerTechnicalArchitecture");
    }

    void makesVisible(Sight record, boolean on) {
        if (record.fields().containsKey(Sight.VISIBLE)) {
            seller.edits(record.id(), DealField.VISIBLE, on);
        }
    }

    void addsSolution(Sight record, String solution) {
        seller.addsSolution(record.id(), solution);
    }

    void removesSolution(Sight record, String solution) {
        seller.removesSolution(record.id(), solution);
    }

    void wins(Sight record) {
        seller.wins(record.id());
    }

    void loses(Sight record) {
        seller.loses(record.id(), null);
    }

    /** A deal that is open is not reopened: in a CRM that knows it by its stage alone, that would be an answer to an offer. */
    void reopens(Sight record) {
        if (!record.isOpen()) {
            seller.reopens(record.id());
        }
    }

    /** Accepts an offer: a lead, or an opportunity that waits. */
    void qualifies(Sight record) {
        if (isOffer(record)) {
            seller.accepts(record.id());
        }
    }

    /** Declines an offer, or closes the lead that an accepted one has left behind; that says nothing of the deal. */
    void disqualifies(Sight record) {
        if (isOffer(record)) {
            seller.declines(record.id());
        } else if (!record.deal().equals(record.id()) && isLeft(seller.record(record.deal()))) {
            seller.declines(record.deal());
        }
    }

    private static boolean isOffer(Sight record) {
        return record.kind().equals(LEAD) || record.waits();
    }

    void deletes(Sight record) {
        seller.deletes(record.id());
    }

    /** Every opportunity, and every lead that did not become one, oldest first; leads before opportunities. */
    List<Sight> records() {
        List<CrmRecord> records = seller.records();
        List<CrmRecord> leads = records.stream().filter(record -> record.kind().equals(LEAD)).toList();
        List<CrmRecord> left = leads.stream().filter(this::isLeft).toList();
        return Stream.concat(leads.stream().filter(lead -> !left.contains(lead)),
            records.stream().filter(record -> !record.kind().equals(LEAD))).map(record -> sight(record, left)).toList();
    }

    /**
     * Whether the deal has gone on from a lead that stays: where the CRM lets no program convert leads, an opportunity is made beside it, and
     * the lead says so. A lead that does not say so is the deal's record still, and an opportunity beside it is one too many.
     */
    private boolean isLeft(CrmRecord lead) {
        return !seller.letsProgramsQualify() && lead.text(DealField.AUDIT).contains(GOES_ON);
    }

    private Sight sight(CrmRecord record, List<CrmRecord> left) {
        CrmRecord lead = record.leadId() == null ? left.stream().filter(one -> record.kind().equals("opportunity")
            && one.referralId() != null && one.referralId().equals(record.referralId())).findFirst().orElse(null)
            : seller.record(record.leadId());
        Map<String, String> fields = new TreeMap<>();
        FIELDS.forEach((field, kept) -> {
            if (record.values().containsKey(kept)) {
                fields.put(field, shown(record, kept));
            }
        });
        fields.put(Sight.STATUS, status(record.status()));
        if (record.solutions() != null) {
            record.solutions().forEach(solution -> fields.merge(Sight.SOLUTION + solution, "yes", (one, two) -> "twice"));
        }
        boolean carriesOwn = record.referralId() != null || lead == null;
        return new Sight(record.id(), lead == null ? record.id() : lead.id(), carriesOwn ? record.referralId() : lead.referralId(),
            record.kind(), record.isShared() || !carriesOwn, fields);
    }

    private static String shown(CrmRecord record, DealField field) {
        return switch (field) {
            case NAME -> record.deal().name();
            case VALUE -> Sight.money((BigDecimal) record.get(field), record.text(DealField.CURRENCY));
            case VISIBLE -> String.valueOf(Boolean.TRUE.equals(record.get(field)));
            default -> text(record.get(field));
        };
    }

    /** Won or not is all that a CRM knows of a closed deal. */
    private static String status(String status) {
        String first = status.substring(0, status.indexOf('/'));
        return NEW_OR_OPEN.contains(first) ? first : status.endsWith("/Won") ? "Won" : "Not won";
    }

    /** Every token given so far is no longer valid. */
    void endSessions() {
        seller.endSessions();
    }
}
