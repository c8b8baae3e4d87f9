package io.cosell.sandbox;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A seller in a CRM: does what sellers do, and sees what they see, in words that fit every CRM. Demo, tests and example deals act through
 * it, so that they need no column of any CRM.
 */
public interface CrmSeller {

    /** The CRM. */
    SandboxSystem system();

    // ---- customers

    /** Makes an account; returns its id. */
    String makesAccount(Customer customer);

    /** Makes a contact of an account, or of none if that is null; returns its id. */
    String makesContact(String account, Person person);

    void editsAccount(String account, Customer customer);

    Customer account(String account);

    Person contact(String contact);

    /** The customer as a lead names it. */
    Customer customer(String lead);

    /** The customer's person as a lead names them. */
    Person person(String lead);

    /** Ids of the accounts of this name. */
    List<String> accountsNamed(String name);

    /** How many contacts there are. */
    int contacts();

    // ---- deals

    /** Makes an open opportunity; fields that are absent stay empty, as far as the CRM allows. Returns its id. */
    String makesOpportunity(Map<DealField, ?> values);

    /** Whether this CRM lets a seller leave a field of an opportunity empty; others it demands or fills by itself. */
    boolean mayBeEmpty(DealField field);

    /** Makes a customer with a contact and an open opportunity, not shared yet. */
    default String makesOpportunity(String customer, Deal deal) {
        String account = makesAccount(new Customer(customer, "1 Harbour Road", "Seattle", "WA", "98101", "US"));
        Map<DealField, Object> values = new EnumMap<>(DealField.class);
        values.put(DealField.NAME, deal.name());
        values.put(DealField.VALUE, deal.value());
        values.put(DealField.CURRENCY, deal.currency());
        values.put(DealField.CLOSING, deal.closing().toString());
        values.put(DealField.NOTES, deal.notes());
        values.put(DealField.ACCOUNT, account);
        values.put(DealField.CONTACT, makesContact(account, new Person("Sue", "Smith", "sue.smith@fabrikam.com", "2065550101")));
        String opportunity = makesOpportunity(values);
        deal.solutions().forEach(solution -> addsSolution(opportunity, solution));
        return opportunity;
    }

    /** Changes an opportunity or a lead; null clears. */
    void edits(String id, Map<DealField, ?> values);

    /** Changes one field of an opportunity or a lead; null clears. */
    default void edits(String id, DealField field, Object value) {
        Map<DealField, Object> change = new HashMap<>();
        change.put(field, value);
        edits(id, change);
    }

    /** Sets Sync with Partner Center to Yes. */
    default void shares(String id) {
        edits(id, DealField.SYNC, true);
    }

    /** Adds a solution to an opportunity; one that the CRM does not list is listed first. */
    void addsSolution(String opportunity, String solution);

    /** Takes a solution out of an opportunity. */
    void removesSolution(String opportunity, String solution);

    /** Whether Microsoft's package switches a deal off that has lost its last solution; then nothing of it goes to Partner Center. */
    boolean lastSolutionSwitchesOff();

    /** The names under which the CRM lists solutions with this identifier. */
    List<String> listed(String solution);

    /** How many characters notes may have. */
    int longestNotes();

    /** Closes an opportunity as won. */
    void wins(String opportunity);

    /** Why this CRM lets opportunities be lost, in the words that Partner Center shows; empty if it asks for no reason. */
    List<String> lossReasons();

    /**
     * Closes an opportunity as lost.
     *
     * @param reason one of {@link #lossReasons}, null if there are none or for any
     */
    void loses(String opportunity, String reason);

    void reopens(String opportunity);

    /** Qualifies (converts) a lead; returns the opportunity it becomes. */
    String qualifies(String lead);

    /** Why this CRM lets leads be disqualified, in the words that Partner Center shows; empty if it asks for no reason. */
    List<String> disqualifications();

    /**
     * Disqualifies a lead.
     *
     * @param reason one of {@link #disqualifications}, null if there are none or for any
     */
    void disqualifies(String lead, String reason);

    /**
     * What this CRM makes of an offer that nobody has answered yet, and how a seller answers it, in the words of its pages.
     *
     * @param kind     opportunity or lead
     * @param name     what it is called, as {@code a lead}
     * @param accepted what a seller does to accept it, as {@code qualifies the lead}
     * @param declined what a seller does to decline it
     * @param travels  whether what a seller edits in it goes to Partner Center before it is answered
     */
    record Offers(String kind, String name, String accepted, String declined, boolean travels) {
    }

    /** What becomes of offers with the settings of the sandboxes. */
    Offers offers();

    /** Accepts an offer as a seller does; returns the opportunity that goes on with it. */
    String accepts(String id);

    /** Declines an offer as a seller does. */
    void declines(String id);

    /**
     * Whether the CRM lets a program qualify a lead. Where it does not, the connector makes the opportunity of a lead that was accepted in
     * Partner Center, and the lead stays for the seller to close.
     */
    boolean letsProgramsQualify();

    /** Deletes an opportunity with its solutions, or a lead. */
    void deletes(String id);

    // ---- what there is to see

    /** The opportunity or lead with this id, null if there is none. */
    CrmRecord record(String id);

    /** Every opportunity, then every lead; a lead that has become an opportunity is left out. */
    List<CrmRecord> records();

    /** Every record that has to do with Partner Center. */
    default List<CrmRecord> sharedRecords() {
        return records().stream().filter(record -> record.isShared() || record.referralId() != null).toList();
    }

    // ---- the connector, seen from the CRM

    /** The user as whom the connector writes. */
    String connectorUser();

    /** Changes a field of an opportunity as the user as whom the connector writes, as somebody might who signs in as that user. */
    void editsAsConnector(String opportunity, DealField field, Object value);

    /** Tables whose changes the connector asks for. */
    List<String> polledTables();

    /** The table of {@link #polledTables} that a call asked for changes; empty if it did something else. */
    Optional<String> polled(Call call);

    /** Makes every token invalid, as if all had expired. */
    void endSessions();
}
