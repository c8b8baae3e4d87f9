package io.cosell.sandbox.dataverse;

import io.cosell.sandbox.Switches;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

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

    private static final List<String> KINDS = List.of("Create", "Read", "Write", "Delete", "Append", "AppendTo", "Assign", "Share");

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

    /** Name of what a role needs for a kind of access to a table. */
    static String name(String access, String table) {
        return "prv" + access + Character.toUpperCase(table.charAt(0)) + table.substring(1);
    }

    /** What the application user's roles give it, as RetrieveUserPrivileges answers. */
    List<Map<String, Object>> granted(Collection<Table> tables) {
        boolean everywhere = !missing.contains(READ_ORGANISATION);
        return tables.stream().flatMap(table -> KINDS.stream().map(kind -> Map.entry(kind, name(kind, table.name()))))
            .filter(privilege -> !missing.contains(privilege.getValue()))
            .map(privilege -> Map.<String, Object>of("Depth", everywhere || !privilege.getKey().equals("Read") ? "Global" : "Basic",
                "PrivilegeId", id(privilege.getValue()), "BusinessUnitId", WebApi.BUSINESS_UNIT, "PrivilegeName", privilege.getValue()))
            .toList();
    }

    /** What there is to be given for a table, as its metadata lists it. */
    static List<Map<String, Object>> of(String table) {
        return KINDS.stream().map(kind -> Map.<String, Object>of("Name", name(kind, table), "PrivilegeId", id(name(kind, table)),
            "PrivilegeType", kind, "CanBeBasic", true, "CanBeGlobal", true)).toList();
    }

    private static String id(String privilege) {
        return UUID.nameUUIDFromBytes(privilege.getBytes(StandardCharsets.UTF_8)).toString();
    }

    void replaceMissing(Set<String> privileges) {
        missing.clear();
        missing.addAll(privileges);
    }

    /** 403 unless the application user may do this with rows of a table. */
    void require(Access access, Table table) {
        String verb = access.name().charAt(0) + access.name().substring(1).toLowerCase();
        require(name(verb, table.name()), "entity '" + table.name() + "'");
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
