-- One row per indicator x county x period: the rank of its headline figure among the counties of
-- the release, and how sure it is. Without a value there is no rank.
create or replace view rank_counties as
with peer as (
    select region_set, region_id, 'counties' as group_id
    from region
    where region_level in ('county', 'other_county')
),
{ranked}
select * exclude (group_id) from result;
