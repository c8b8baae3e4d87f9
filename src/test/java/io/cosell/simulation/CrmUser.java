package io.cosell.simulation;

import io.cosell.sandbox.SandboxSystem;
import java.time.LocalDate;
import java.util.List;

/** What sellers do and see in one CRM: all that the simulation has to know about it. */
interface CrmUser {

    SandboxSystem system();

    /** Tables that the connector asks for changes. */
    List<String> tables();

    /** Makes a customer with a contact, and an open deal of this name. */
    void makesDeal(String name, int amount, LocalDate closing, List<String> solutions, boolean shared);

    /** Changes the name, the amount, the closing date or the notes. */
    void edits(Sight record, String field, String value);

    void sharesWithPartnerCenter(Sight record, boolean on);

    void asksForHelp(Sight record);

    void makesVisible(Sight record, boolean on);

    void addsSolution(Sight record, String solution);

    void removesSolution(Sight record, String solution);

    void wins(Sight record);

    void loses(Sight record);

    void reopens(Sight record);

    void qualifies(Sight record);

    void disqualifies(Sight record);

    void deletes(Sight record);

    /** Every opportunity, and every lead that did not become one, oldest first. */
    List<Sight> records();

    /** Every token given so far is no longer valid. */
    void endSessions();
}
