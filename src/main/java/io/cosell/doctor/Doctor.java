package io.cosell.doctor;

import io.cosell.Visit;
import io.cosell.config.Finding;
import io.cosell.flow.Tokens;
import java.time.Clock;
import java.util.List;

/**
 * Examines the live systems, read-only, and says of each thing whether it is as the connector needs it. Examinations are independent: what
 * fails becomes a finding of its own, and what can't be known is said to be so.
 */
public final class Doctor {

    private static final String SETTINGS = "Settings";

    private final Visit visit;
    private final Clock clock;
    private final Report report = new Report();

    /**
     * @param visit a connector that calls the systems
     * @param clock what time it is on this machine
     */
    public Doctor(Visit visit, Clock clock) {
        this.visit = visit;
        this.clock = clock;
    }

    /** Examines everything; system by system, in the order of the examinations. */
    public List<Diagnosis> examine() {
        visit.settings().findings().forEach(this::setting);
        List<String> currencies = List.of();
        if (isExamined(PartnerCenterExam.GROUP, PartnerCenterExam.SYSTEM)) {
            Tokens tokens = visit.connector().camel().getCamelContext().getRegistry().lookupByNameAndType("tokens", Tokens.class);
            currencies = new PartnerCenterExam(questions(PartnerCenterExam.SYSTEM, PartnerCenterExam.GROUP), report, visit.settings(),
                () -> tokens.user(PartnerCenterExam.GROUP)).run();
        }
        String crm = visit.connector().crm();
        String system = "CRM (" + crm + ")";
        if (isExamined(crm, system)) {
            new CrmExam(visit, questions(system, crm), report, clock, system, crm).run(currencies);
        }
        new DealsExam(report, visit.settings(), clock).run();
        return report.all();
    }

    private void setting(Finding finding) {
        String message = (finding.line() > 0 ? finding.file() + ":" + finding.line() + ": " : "") + finding.message();
        if (finding.isError()) {
            report.error(SETTINGS, "setting", message, finding.hint().isEmpty() ? "correct it" : finding.hint());
        } else {
            report.warning(SETTINGS, "setting", message, finding.hint().isEmpty() ? "correct it" : finding.hint());
        }
    }

    private Questions questions(String system, String group) {
        return new Questions(visit.connector(), clock, report, system, group);
    }

    private boolean isExamined(String group, String system) {
        List<Finding> wrong = visit.wrongWith(group);
        if (group.equals(PartnerCenterExam.GROUP) && visit.needsLogin()) {
            report.error(system, "sign-in", "nobody has signed in to Partner Center", "run the command login");
            report.unknown(system, "everything else", "role and webhook, as nobody has signed in", "run doctor again after login");
            return false;
        }
        if (!wrong.isEmpty()) {
            report.unknown(system, "everything", "nothing of it was examined: settings under cosell." + group + " are missing or wrong",
                "correct the settings above, and run doctor again");
        }
        return wrong.isEmpty();
    }
}
