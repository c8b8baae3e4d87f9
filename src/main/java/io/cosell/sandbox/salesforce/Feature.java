package io.cosell.sandbox.salesforce;

import io.cosell.sandbox.Switches;

/** What an organisation may have or not, and what then has more objects or fields; each hangs on a switch. */
enum Feature {
    /** Several currencies: CurrencyIsoCode and CurrencyType exist (2.1, 2.2). */
    MULTI_CURRENCY(SalesforceSwitch.MULTI_CURRENCY, true),
    /** State and country picklists: BillingCountryCode and BillingStateCode exist (2.2). */
    COUNTRY_PICKLISTS(SalesforceSwitch.COUNTRY_PICKLISTS, true),
    /** Opportunity teams: OpportunityTeamMember exists (2.2). */
    TEAMS(SalesforceSwitch.TEAMS_OFF, false),
    /** The package of Microsoft's solution: its fields and objects (2.4, 2.6). */
    PACKAGE(SalesforceSwitch.WITHOUT_PACKAGE, false),
    /** The package later than October 2023: co-sell type, purchase intent, partner role, solution area and play exist (2.3). */
    LATER_PACKAGE(SalesforceSwitch.PACKAGE_OF_2023, false),
    /** Opportunities have Referral_Program__c, which was seen on leads only (2.4). */
    PROGRAM_ON_OPPORTUNITY(SalesforceSwitch.PROGRAM_ON_LEADS_ONLY, false);

    private final SalesforceSwitch by;
    private final boolean whenOn;

    Feature(SalesforceSwitch by, boolean whenOn) {
        this.by = by;
        this.whenOn = whenOn;
    }

    /** A later package is none where there is no package. */
    boolean isOn(Switches switches) {
        boolean ofPackage = this == LATER_PACKAGE || this == PROGRAM_ON_OPPORTUNITY;
        return isOnByItself(switches) && (!ofPackage || PACKAGE.isOnByItself(switches));
    }

    private boolean isOnByItself(Switches switches) {
        return switches.has(by) == whenOn;
    }
}
