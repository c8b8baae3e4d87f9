package io.cosell.sandbox.dataverse;

import io.cosell.sandbox.Switches;
import java.util.Set;
import java.util.TreeSet;

/**
 * The security role of the application user (sections 1.1, 4.2): it has every privilege but those taken away. Privileges have Dataverse's
 * names, such as {@code prvWriteOpportunity}.
 */
final class Privileges {

    static final String ACT_FOR_OTHERS = "prvActOnBehalfOfAnotherUser";
    static final String BYPASS = "prvBypassCustomBusinessLogic";
    static final String BYPASS_PLUGINS = "prvBypassCustomPlugins";
    /** Change tracking needs to read the whole organisation's rows (section 3.6). */
    static final String READ_ORGANISATION = "prvReadOrganizationWide";

    /** What a call does to a table. */
    enum Access { CREATE, READ, WRITE, DELETE }

    private final Switches switches;
    private final Set<String> missing = new TreeSet<>();

    Privileges(Switches switches) {
        this.switches = switches;
    }

    Set<String> missing() {
        return Set.copyOf(missing);
    }

    void take(String privilege) {
        missing.add(privilege);
    }

    void give(String privilege) {
        missing.remove(privilege);
    }

    void replaceMissing(Set<String> privileges) {
        missing.clear();
        missing.addAll(privileges);
    }

    /** 403 unless the application user may do this with rows of a table. */
    void require(Access access, Table table) {
        String verb = access.name().charAt(0) + access.name().substring(1).toLowerCase();
        require("prv" + verb + Character.toUpperCase(table.name().charAt(0)) + table.name().substring(1), "entity '" + table.name() + "'");
    }

    /** 403 unless the application user has this privilege. */
    void require(String privilege, String on) {
        if (missing.contains(privilege)) {
            throw new Refusal(403, switches.has(DataverseSwitch.MISSING_PRIVILEGE_IS_80048306) ? "0x80048306" : "0x80040220",
                "Principal user (Id=" + DataverseSandbox.APPLICATION_USER + ", type=8) is missing " + privilege + " privilege on " + on
                + ".");
        }
    }
}
