package io.cosell.sandbox;

import io.cosell.sandbox.partnercenter.ExampleReferrals;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Deals of fictitious companies to look at and to try mappings with: in Partner Center by turns one that Microsoft offers and one of the
 * partner's own, in each CRM opportunities that are not shared yet. The same number gives the same deals, ids and times aside.
 */
final class ExampleDeals {

    private static final List<String> CUSTOMERS = List.of("Fabrikam", "Adventure Works", "Northwind Traders", "Tailspin Toys",
        "Wingtip Toys", "Proseware", "Litware", "Alpine Ski House", "Lucerne Publishing", "Margie's Travel");
    private static final List<String> WISHES = List.of("fleet telemetry", "cold chain", "field service", "warehouse forecast",
        "quality cameras", "energy dashboard", "spare parts portal");
    private static final List<String> SOLUTIONS = List.of("SOL-34104-EBB", "SOL-15974-MQF");
    private static final int FIRST_VALUE = 10_000;
    private static final int STEP = 1_250;
    private static final int STEPS = 97;
    private static final int MONTHS = 12;

    private ExampleDeals() {
    }

    /**
     * Makes deals.
     *
     * @param deals how many each system gets
     * @return the ids made, by system
     */
    static Map<String, List<String>> into(Sandboxes sandboxes, int deals) {
        Map<String, List<String>> made = new LinkedHashMap<>();
        for (int number = 1; number <= deals; number++) {
            String customer = CUSTOMERS.get(number % CUSTOMERS.size()) + " " + number;
            Deal deal = deal(sandboxes, number, customer);
            add(made, sandboxes.partnerCenter().name(), number % 2 == 1
                ? sandboxes.partnerCenter().microsoftInvites(referral(ExampleReferrals.inbound(), deal, customer))
                : sandboxes.partnerCenter().partnerCreates(referral(ExampleReferrals.outbound(), deal, customer)));
            for (Crm crm : Crm.values()) {
                add(made, crm.setting(), crm.seller(sandboxes).makesOpportunity(customer, deal));
            }
        }
        return made;
    }

    private static Deal deal(Sandboxes sandboxes, int number, String customer) {
        LocalDate closing = LocalDate.ofInstant(sandboxes.clock().instant(), ZoneOffset.UTC).plusMonths(1 + number % MONTHS);
        String wish = WISHES.get(number % WISHES.size());
        return new Deal(customer + " " + wish, BigDecimal.valueOf(FIRST_VALUE + (long) STEP * (number % STEPS)), number % 3 == 0 ? "EUR" : "USD",
            closing, customer + " asks for help with its " + wish + ".", "Active/Accepted", List.of(SOLUTIONS.get(number % SOLUTIONS.size())));
    }

    private static Map<String, Object> referral(Map<String, Object> referral, Deal deal, String customer) {
        referral.put("name", deal.name());
        part(referral, "customerProfile").put("name", customer);
        Map<String, Object> details = part(referral, "details");
        details.put("dealValue", deal.value());
        details.put("currency", deal.currency());
        details.put("closingDateTime", deal.closing() + "T00:00:00Z");
        details.put("notes", deal.notes());
        return referral;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> part(Map<String, Object> document, String name) {
        return (Map<String, Object>) document.get(name);
    }

    private static void add(Map<String, List<String>> made, String system, String id) {
        made.computeIfAbsent(system, key -> new ArrayList<>()).add(id);
    }
}
