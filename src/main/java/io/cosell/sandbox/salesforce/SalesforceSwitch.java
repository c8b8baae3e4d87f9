package io.cosell.sandbox.salesforce;

import io.cosell.sandbox.Switch;

/** What differs from one Salesforce organisation to the next, and what contract salesforce.md leaves open. All are off by default. */
public enum SalesforceSwitch implements Switch {
    PASSWORD_GRANT("1", "grant_type=password signs a user in", "it is blocked, as in organisations born since Summer '23"),
    ASSERTION_OF_THREE_MINUTES("1", "the exp of a JWT assertion may lie 3 minutes ahead, as Salesforce names", "5 minutes, as others say"),
    MULTI_CURRENCY("2.1", "CurrencyIsoCode and CurrencyType exist", "CurrencyIsoCode is no field: INVALID_FIELD"),
    COUNTRY_PICKLISTS("2.2", "BillingCountryCode and BillingStateCode exist, BillingCountry takes listed labels only",
        "BillingCountry is free text"),
    TEAMS_OFF("2.9", "there are no OpportunityTeamMembers", "opportunity teams are on"),
    UNLISTED_STAGES("2.1", "a StageName outside the stage table is taken, as open with probability 0", "it is refused"),
    WITHOUT_PACKAGE("2.3", "the organisation has none of the package's fields and objects; they can be deployed", "it has the package"),
    MAY_NOT_DEPLOY("3.5", "the integration user may not change metadata: a deployment answers INSUFFICIENT_ACCESS", "it may"),
    PACKAGE_OF_2023("2.3", "co-sell type, purchase intent, partner role, solution area and solution play do not exist", "they do"),
    PROGRAM_ON_LEADS_ONLY("2.4", "opportunities have no Referral_Program__c", "they have it, as leads do"),
    HELP_IN_SENTENCE_CASE("2.5", "values of How_can_Microsoft_help__c are written as in 2020, such as \"Proof of concept or demo\"",
        "as in the package seen, such as \"Proof Of Concept or Demo\""),
    CANNOT_SYNC_WITHOUT_SOLUTION("2.7", "IP co-sell without a solution can't be synced", "the rule is inactive"),
    CANNOT_UPDATE_THE_COSELL_TYPE("2.7", "the co-sell type changes only together with referral link or identifier",
        "the rule is inactive"),
    REQUIRED_CO_SELL_TYPE("2.7", "syncing needs a co-sell type", "the rule is inactive"),
    REQUIRED_CUSTOMER_PURCHASE_INTENT("2.7", "syncing IP co-sell needs a purchase intent", "the rule is inactive"),
    REQUIRED_PARTNER_ROLE("2.7", "syncing services co-sell needs a partner role", "the rule is inactive"),
    REQUIRED_SOLUTION_AREA("2.7", "syncing needs a solution area", "the rule is inactive"),
    REQUIRED_SOLUTION_PLAY("2.7", "syncing needs a solution play", "the rule is inactive"),
    NO_API("3.5", "the edition has no API: every data call answers API_DISABLED_FOR_ORG", "the API is enabled"),
    DUPLICATE_RULE("3.5", "an account with name and postal code of another one answers DUPLICATES_DETECTED", "no duplicate rule is active");

    private final Point point;

    SalesforceSwitch(String section, String on, String off) {
        point = new Point(section, on, off);
    }

    @Override
    public Point point() {
        return point;
    }
}
